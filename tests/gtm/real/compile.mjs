/**
 * A template as Google's server compiles it: nested lists, each an instruction of gtm.js with its operands. Only what our
 * templates are made of.
 */

/** @typedef {any} Node of acorn's tree */
/** @typedef {any} Code an instruction, or a constant */

const BINARY = /** @type {Record<string, number>} */ ({ "+": 0, "-": 37, "*": 26, "/": 10, "%": 25, "===": 20, "!==": 21, "==": 12, "!=": 29, "<": 23, ">": 18, "<=": 24, ">=": 19 });
const UNARY = /** @type {Record<string, number>} */ ({ "!": 28, "-": 27, typeof: 40 });
const LOGICAL = /** @type {Record<string, number>} */ ({ "&&": 1, "||": 30 });

/** @param {Node} node @returns {Code} */
const key = (node) => (node.computed ? expression(node.property) : node.property.name);

/** @param {Node} node @returns {Code} */
function makeFunction(node) {
  const body = node.expression ? [[36, expression(node.body)]] : statements(node.body.body);
  return [51, "", [7, ...node.params.map((/** @type {Node} */ one) => one.name)], ...body];
}

/** @type {Record<string, (node: Node) => Code>} */
const EXPRESSIONS = {
  Identifier: (node) => (node.name === "undefined" ? [44] : [15, node.name]),
  Literal: (node) => (node.value === null ? [45] : node.value),
  ArrayExpression: (node) => [7, ...node.elements.map(expression)],
  ObjectExpression: (node) => [8, ...node.properties.flatMap((/** @type {Node} */ one) => [one.key.name ?? one.key.value, expression(one.value)])],
  FunctionExpression: makeFunction,
  ArrowFunctionExpression: makeFunction,
  ConditionalExpression: (node) => [39, expression(node.test), expression(node.consequent), expression(node.alternate)],
  LogicalExpression: (node) => [LOGICAL[node.operator], expression(node.left), expression(node.right)],
  BinaryExpression: (node) => [BINARY[node.operator], expression(node.left), expression(node.right)],
  UnaryExpression: (node) => [UNARY[node.operator], expression(node.argument)],
  MemberExpression: (node) => [node.computed ? 16 : 17, expression(node.object), key(node)],
  CallExpression: (node) => {
    const args = node.arguments.map(expression);
    return node.callee.type === "MemberExpression" ? [2, expression(node.callee.object), key(node.callee), [7, ...args]] : [node.callee.name, ...args];
  },
  AssignmentExpression: (node) => (node.left.type === "MemberExpression" ? [43, expression(node.left.object), key(node.left), expression(node.right)] : [3, node.left.name, expression(node.right)]),
};

/** @type {Record<string, (node: Node) => Code[]>} */
const STATEMENTS = {
  ExpressionStatement: (node) => [expression(node.expression)],
  ReturnStatement: (node) => [node.argument ? [36, expression(node.argument)] : [36]],
  BlockStatement: (node) => [[53, ...statements(node.body)]],
  IfStatement: (node) => [[22, expression(node.test), [46, ...statement(node.consequent)], ...(node.alternate ? [[46, ...statement(node.alternate)]] : [])]],
  VariableDeclaration: (node) =>
    node.declarations.flatMap((/** @type {Node} */ one) => (node.kind === "const" ? [[52, one.id.name, expression(one.init)]] : [[41, one.id.name], ...(one.init ? [[3, one.id.name, expression(one.init)]] : [])])),
};

/** @param {Record<string, (node: Node) => Code>} table @param {Node} node @returns {Code} */
function compileBy(table, node) {
  const compile = table[node.type];
  if (!compile) throw new Error(`The templates have had no ${node.type} so far.`);
  return compile(node);
}

const expression = (/** @type {Node} */ node) => compileBy(EXPRESSIONS, node);
const statement = (/** @type {Node} */ node) => compileBy(STATEMENTS, node);
const statements = (/** @type {Node[]} */ nodes) => nodes.flatMap(statement);

/** @param {string} name in the container @param {Node} tree of the whole template */
export const compile = (name, tree) => [50, name, [46, "data"], ...statements(tree.body)];
