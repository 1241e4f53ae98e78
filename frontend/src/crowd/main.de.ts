/** The same in German. */
import "../locales/de";
import "./main";
