/** Style sheets are bundled as text, see `webpack.config.js`. */
declare module "*.css" {
  const text: string;
  export default text;
}
