from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from maskwright.config import env

ROOT = env.ROOT
MASKWRIGHT_HOME = env.home()
DEBUG = env.flag("DEBUG")
DEMO = env.flag("DEMO")
SECRET_KEY = env.secret_key(debug=DEBUG)
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
PORT = env.number("PORT", 8000)
PUBLIC_URL = env.text("PUBLIC_URL", f"http://127.0.0.1:{PORT}")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS") or ["127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL, *env.words("CSRF_TRUSTED_ORIGINS")]

INSTALLED_APPS = [
    "maskwright.config.apps.ManagerAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "channels",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "maskwright.core",
    "maskwright.audit",
    "maskwright.accounts",
    "maskwright.organizations",
    "workforce",
    "labeling",
    "maskwright.config",
]

MIDDLEWARE = [
    "maskwright.core.api.request_id.RequestIdMiddleware",
    "maskwright.core.storable.StorableAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "maskwright.organizations.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "maskwright.organizations.middleware.OrganizationScopeMiddleware",
]

ROOT_URLCONF = "maskwright.config.urls"
ASGI_APPLICATION = "maskwright.config.asgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).resolve().parents[1] / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "maskwright.organizations.navigation.nav",
            ],
        },
    }
]

# --- Database: three roles of one database -----------------------------------------------------------------------
_addresses = env.database_addresses()
DATABASES = {
    "default": env.database(_addresses.default, pool=True),
    "owner": env.database(_addresses.owner, pool=False),
    "ops": env.database(_addresses.ops, pool=False),
}
#: Off for poolers that hand each transaction to another server connection (see `core.prepared`).
DATABASE_PREPARE = env.flag("DATABASE_PREPARE", True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Valkey: broker, channel layer, cache ------------------------------------------------------------------------
REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:1/0")
CELERY_BROKER_URL = env.redis_address(REDIS_URL, 0)
CHANNEL_LAYERS: dict[str, Any] = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [{"address": env.redis_address(REDIS_URL, 1), "socket_connect_timeout": 5}]},
    }
}

# --- Files -------------------------------------------------------------------------------------------------------
MASKWRIGHT_STORAGE = env.text("MASKWRIGHT_STORAGE", f"file://{MASKWRIGHT_HOME}/objects")
MASKWRIGHT_STORAGE_OPTIONS: dict[str, Any] = {
    key: value
    for key, value in {
        "access_key": env.text("MASKWRIGHT_STORAGE_ACCESS_KEY"),
        "secret_key": env.text("MASKWRIGHT_STORAGE_SECRET_KEY"),
        "endpoint_url": env.text("MASKWRIGHT_STORAGE_ENDPOINT"),
        "region_name": env.text("MASKWRIGHT_STORAGE_REGION"),
    }.items()
    if value
}
#: Folders that organizations may read as a local storage; set by the operator, never by a tenant.
LOCAL_STORAGE_ROOTS = env.words("LOCAL_STORAGE_ROOTS")
#: Hosts (S3 endpoints) that organizations may name besides the cloud vendors' own.
STORAGE_ENDPOINTS = env.words("STORAGE_ENDPOINTS")
#: A subscription at whose address nothing arrived for so many days is switched off.
EVENTS_GIVE_UP_DAYS = env.number("EVENTS_GIVE_UP_DAYS", 3)
WEBHOOK_ENDPOINTS = env.words("WEBHOOK_ENDPOINTS")
#: The demo's S3 endpoint and the secret of the product's own key there; set by `make run`.
DEMO_S3_URL = env.text("DEMO_S3_URL")
DEMO_S3_SECRET = env.text("DEMO_S3_SECRET")
INFERENCE_URL = env.text("INFERENCE_URL", "http://127.0.0.1:8090")

FRONTEND_DIST = ROOT / "frontend" / "dist"
VITE_DEV_SERVER = env.text("VITE_DEV_SERVER")
STATIC_URL = "/static/"
STATIC_ROOT = MASKWRIGHT_HOME / "static"
STATICFILES_DIRS = [FRONTEND_DIST] if FRONTEND_DIST.is_dir() else []
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # a label set has up to 255 rows of seven fields
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- Sign-in -----------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_ADAPTER = "maskwright.organizations.allauth_adapter.ClosedSignupAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_LOGOUT_ON_GET = False
MFA_ADAPTER = "maskwright.accounts.second_factor.EncryptedMfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = env.text("SECOND_FACTOR_ISSUER", "Maskwright")
MFA_TOTP_TOLERANCE = 1  # people's telephones go wrong by some seconds; a code still counts once only
#: Addresses are never verified here (people come by invitation), so they cannot be a condition.
MFA_ALLOW_UNVERIFIED_EMAIL = True
#: Who runs the installation signs in with a second factor, or sets one up before anything else.
OPERATOR_SECOND_FACTOR = env.flag("OPERATOR_SECOND_FACTOR")
ACCOUNT_FORMS = {"reset_password": "maskwright.organizations.forms.ResetPasswordForm"}
SOCIALACCOUNT_ADAPTER = "maskwright.organizations.oidc_adapter.OrganizationProviders"
SOCIALACCOUNT_OPENID_CONNECT_URL_PREFIX = "oidc"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # an address that a provider names opens no account
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_EMAIL_REQUIRED = False
SOCIALACCOUNT_LOGIN_ON_GET = True  # a link of our own page; CSP forbids forms that lead elsewhere
SOCIALACCOUNT_STORE_TOKENS = False
#: `host` or `host:port` of identity providers that may lie in a private network and speak http.
IDENTITY_ENDPOINTS = env.words("IDENTITY_ENDPOINTS")
PASSWORD_RESET_TIMEOUT = 24 * 3600  # a handed-over link lives a day
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
SESSION_ENGINE = "maskwright.accounts.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
_secure = urlsplit(PUBLIC_URL).scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _secure else None
SECURE_HSTS_SECONDS = 31_536_000 if _secure else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CACHES = {
    "default": {
        "BACKEND": "maskwright.core.shared_cache.SharedCache",
        "LOCATION": env.redis_address(REDIS_URL, 2),
        "KEY_PREFIX": "maskwright",
    }
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF] + ([VITE_DEV_SERVER] if VITE_DEV_SERVER else []),
        "worker-src": [SELF, "blob:"],
        "img-src": [SELF, "blob:", "data:"],
        # Lit sets styles through adopted style sheets; Django's admin and Vite's development server need inline ones.
        "style-src": [SELF, "'unsafe-inline'"],
        "connect-src": [SELF] + ([VITE_DEV_SERVER.replace("http", "ws", 1)] if VITE_DEV_SERVER else []),
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

# --- E-mail: without an SMTP address, mails go to the log and every flow also shows a link that can be copied ------
_mail = urlsplit(env.text("EMAIL_URL"))
EMAIL_CONFIGURED = bool(_mail.hostname)
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_CONFIGURED else 'console'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT = _mail.hostname or "", _mail.port or 587
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.username or "", _mail.password or ""
EMAIL_USE_TLS = _mail.scheme == "smtp+tls"
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "maskwright@localhost")

# --- API ---------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["maskwright.organizations.api.authentication.ScopeAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["maskwright.organizations.api.authentication.IsActor"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["maskwright.core.api.parsers.BoundedJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "maskwright.core.api.exceptions.handle",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Maskwright",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    # One name for what several parts of the API call `stage`.
    "ENUM_NAME_OVERRIDES": {"StageEnum": "workforce.states.Stage"},
}

# --- SageMaker API -----------------------------------------------------------------------------------------------
#: Requests a second that one access key may send, over ten seconds.
SAGEMAKER_RATE = env.number("SAGEMAKER_RATE", 50)
#: The region in the ARNs of this installation; those of any region are understood.
SAGEMAKER_REGION = env.text("SAGEMAKER_REGION", "local")

# --- Language and time -------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
#: Before the catalogues of the packages, whose words differ from ours. Made by `make messages`, compiled by set-up.
LOCALE_PATHS = [Path(__file__).resolve().parents[1] / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Work --------------------------------------------------------------------------------------------------------
CLAIM_LEASE_SECONDS = env.number("CLAIM_LEASE_SECONDS", 600)
STOP_GRACE_SECONDS = env.number("STOP_GRACE_SECONDS", 300)
#: What nothing names any more is removed from the storage when it is older. Longer than any request or task may take.
STORAGE_SWEEP_GRACE_SECONDS = env.number("STORAGE_SWEEP_GRACE_SECONDS", 86400)
#: Most photos of one job that may be open at once; Ground Truth's limit, larger where the operator wants it.
MAX_CONCURRENT_TASKS = env.number("MAX_CONCURRENT_TASKS", 5000)
IMAGE_MAX_BYTES = env.number("IMAGE_MAX_BYTES", 40 * 1024 * 1024)
IMAGE_MAX_SIDE = env.number("IMAGE_MAX_SIDE", 8192)

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {"django.server": {"level": "WARNING"}, "botocore": {"level": "WARNING"}},
}
