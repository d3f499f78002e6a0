/** A style sheet as text, by webpack. */
declare module "*.css" {
  const css: string;
  export default css;
}
