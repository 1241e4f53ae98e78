export const VERTEX = `#version 300 es
precision highp float;
uniform vec4 u_tile;      // x, y, width, height of the tile in image pixels
uniform vec3 u_transform; // scale, x, y: image to device pixels
uniform vec2 u_canvas;    // device pixels
out vec2 v_pixel;         // position in the tile, in image pixels
void main() {
  vec2 corner = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1));
  v_pixel = corner * u_tile.zw;
  vec2 device = (u_tile.xy + v_pixel) * u_transform.x + u_transform.yz;
  gl_Position = vec4(device.x / u_canvas.x * 2.0 - 1.0, 1.0 - device.y / u_canvas.y * 2.0, 0.0, 1.0);
}`;

export const FRAGMENT = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
uniform usampler2D u_labels;
uniform sampler2D u_image;
uniform sampler2D u_palette;
uniform vec4 u_tile;
uniform vec2 u_canvas;
uniform float u_opacity;
uniform float u_outline;  // width in image pixels, 0: none
uniform float u_hatch;    // distance of stripes in device pixels, 0: none
uniform float u_smooth;   // image pixels per device pixel when shrunk, else 0
uniform float u_grid;     // width of a grid line in image pixels, 0: none
in vec2 v_pixel;
out vec4 color;

uint labelAt(vec2 at) {
  return texelFetch(u_labels, clamp(ivec2(floor(at)), ivec2(0), ivec2(u_tile.zw) - 1), 0).r;
}

void main() {
  // Filtering is dear without a graphics processor, and magnified pixels stay squares.
  vec4 image = u_smooth > 0.0
    ? textureGrad(u_image, v_pixel / u_tile.zw, vec2(u_smooth, 0.0) / u_tile.zw, vec2(0.0, u_smooth) / u_tile.zw)
    : texelFetch(u_image, clamp(ivec2(v_pixel), ivec2(0), textureSize(u_image, 0) - 1), 0);
  vec3 base = image.rgb + vec3(1.0 - image.a);
  uint label = labelAt(v_pixel);
  vec4 paint = texelFetch(u_palette, ivec2(int(label), 0), 0);
  vec3 shown = base;
  if (label != 0u) {
    float cover = u_opacity;
    if (u_outline > 0.0 &&
        (labelAt(v_pixel + vec2(u_outline, 0.0)) != label || labelAt(v_pixel - vec2(u_outline, 0.0)) != label ||
         labelAt(v_pixel + vec2(0.0, u_outline)) != label || labelAt(v_pixel - vec2(0.0, u_outline)) != label)) {
      cover = 1.0;
    }
    shown = mix(base, paint.rgb, cover * paint.a);
  } else if (u_hatch > 0.0) {
    float stripe = mod(gl_FragCoord.x + u_canvas.y - gl_FragCoord.y - 1.0, u_hatch) / u_hatch;
    if (stripe < 0.2) shown = mix(base, vec3(1.0), 0.6);
    else if (stripe < 0.4) shown = mix(base, vec3(0.0), 0.5);
  }
  if (u_grid > 0.0) {
    vec2 within = fract(v_pixel);
    if (within.x < u_grid || within.y < u_grid) shown = mix(shown, vec3(0.5), 0.35);
  }
  color = vec4(shown, 1.0);
}`;
