/**
 * Runs a template's syntax tree as GTM's sandbox does: on a part of the language, with values that can do little, and with no
 * way to anything that was not handed in. Works in Node and in a page whose policy forbids `eval`.
 */

import { callMethod, read, write } from "./values.mjs";

/** @typedef {any} Node of the syntax tree, as acorn makes it */
/** @typedef {{ kind: "return" | "break" | "continue", value?: unknown }} Leave why a statement has ended early */

/** Names and their values, one block within the other. */
class Scope {
  /** @type {Map<string, unknown>} */
  names = new Map();

  /** @param {Scope} [outer] */
  constructor(outer) {
    this.outer = outer;
  }

  /** @param {string} name @returns {Scope | undefined} */
  owner(name) {
    return this.names.has(name) ? this : this.outer?.owner(name);
  }

  /** @param {string} name @param {unknown} value */
  declare(name, value) {
    this.names.set(name, value);
  }

  /** A name that nobody has declared is `undefined`. @param {string} name */
  get(name) {
    return this.owner(name)?.names.get(name);
  }

  /** @param {string} name @param {unknown} value */
  set(name, value) {
    const owner = this.owner(name);
    if (!owner) throw new ReferenceError(`${name} was not declared.`);
    owner.names.set(name, value);
    return value;
  }
}

/** @type {Record<string, (a: any, b: any) => unknown>} */
const BINARY = {
  "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b, "/": (a, b) => a / b, "%": (a, b) => a % b,
  "===": (a, b) => a === b, "!==": (a, b) => a !== b, "==": (a, b) => a == b, "!=": (a, b) => a != b,
  "<": (a, b) => a < b, ">": (a, b) => a > b, "<=": (a, b) => a <= b, ">=": (a, b) => a >= b,
};

/** @type {Record<string, (a: any) => unknown>} */
const UNARY = { "!": (a) => !a, "-": (a) => -a, typeof: (a) => (Array.isArray(a) ? "object" : typeof a) };

/** @param {Node} node @param {string} what @returns {any} */
function refuse(node, what) {
  throw new SyntaxError(`GTM's sandbox has no ${what} (line ${node.loc?.start.line}).`);
}

/** @param {Node} pattern */
const nameOf = (pattern) => (pattern.type === "Identifier" ? pattern.name : refuse(pattern, pattern.type));

/** @param {Node} node @param {Scope} scope */
function makeFunction(node, scope) {
  if (node.async || node.generator) refuse(node, "async or generator function");
  const names = node.params.map(nameOf);
  return (/** @type {unknown[]} */ ...args) => {
    const inner = new Scope(scope);
    // A real list here, other than in JavaScript.
    if (node.type !== "ArrowFunctionExpression") inner.declare("arguments", args);
    names.forEach((/** @type {string} */ name, /** @type {number} */ place) => inner.declare(name, args[place]));
    if (node.expression) return evaluate(node.body, inner);
    return runAll(node.body.body, inner)?.value;
  };
}

/** @type {Record<string, (node: Node, scope: Scope) => unknown>} */
const EXPRESSIONS = {
  Identifier: (node, scope) => scope.get(node.name),
  Literal: (node) => (node.regex || node.bigint ? refuse(node, "regular expression or bigint") : node.value),
  TemplateLiteral: (node, scope) => node.quasis.map((/** @type {Node} */ part, /** @type {number} */ place) => part.value.cooked + (place < node.expressions.length ? evaluate(node.expressions[place], scope) : "")).join(""),
  ArrayExpression: (node, scope) => node.elements.map((/** @type {Node} */ element) => evaluate(element, scope)),
  ObjectExpression: (node, scope) =>
    Object.fromEntries(node.properties.map((/** @type {Node} */ one) => {
      if (one.type !== "Property" || one.kind !== "init" || one.computed || one.shorthand || one.method) refuse(one, "such property");
      return [one.key.name ?? one.key.value, evaluate(one.value, scope)];
    })),
  FunctionExpression: makeFunction,
  ArrowFunctionExpression: makeFunction,
  ConditionalExpression: (node, scope) => evaluate(evaluate(node.test, scope) ? node.consequent : node.alternate, scope),
  LogicalExpression(node, scope) {
    if (node.operator === "??") refuse(node, "??");
    const left = evaluate(node.left, scope);
    return Boolean(left) === (node.operator === "||") ? left : evaluate(node.right, scope);
  },
  BinaryExpression: (node, scope) => (BINARY[node.operator] ?? refuse(node, node.operator))(evaluate(node.left, scope), evaluate(node.right, scope)),
  UnaryExpression: (node, scope) => (UNARY[node.operator] ?? refuse(node, node.operator))(evaluate(node.argument, scope)),
  MemberExpression: (node, scope) => (node.optional ? refuse(node, "?.") : read(evaluate(node.object, scope), key(node, scope))),
  CallExpression(node, scope) {
    if (node.optional) refuse(node, "?.");
    const args = () => node.arguments.map((/** @type {Node} */ one) => evaluate(one, scope));
    if (node.callee.type === "MemberExpression") return callMethod(evaluate(node.callee.object, scope), key(node.callee, scope), args());
    // What a call gives has to have a name before it can be called.
    const callee = scope.get(nameOf(node.callee));
    if (typeof callee !== "function") throw new TypeError(`${node.callee.name} is no function (line ${node.loc?.start.line}).`);
    return callee(...args());
  },
  AssignmentExpression(node, scope) {
    const value = () => evaluate(node.right, scope);
    return assign(node.left, scope, node.operator === "=" ? value : () => (BINARY[node.operator.slice(0, -1)] ?? refuse(node, node.operator))(evaluate(node.left, scope), value()));
  },
  UpdateExpression(node, scope) {
    const before = Number(evaluate(node.argument, scope));
    const after = assign(node.argument, scope, () => before + (node.operator === "++" ? 1 : -1));
    return node.prefix ? after : before;
  },
};

/** @param {Node} node @param {Scope} scope */
const key = (node, scope) => (node.computed ? evaluate(node.property, scope) : node.property.name);

/** @param {Node} target @param {Scope} scope @param {() => unknown} value */
function assign(target, scope, value) {
  if (target.type === "MemberExpression") return write(evaluate(target.object, scope), key(target, scope), value());
  return scope.set(nameOf(target), value());
}

/** @param {Node} node @param {Scope} scope @returns {any} */
const evaluate = (node, scope) => (EXPRESSIONS[node?.type] ?? refuse(node, node?.type))(node, scope);

/** @type {Record<string, (node: Node, scope: Scope) => Leave | undefined | void>} */
const STATEMENTS = {
  EmptyStatement() {},
  ExpressionStatement: (node, scope) => void evaluate(node.expression, scope),
  FunctionDeclaration() {},
  VariableDeclaration(node, scope) {
    for (const one of node.declarations) scope.declare(nameOf(one.id), one.init ? evaluate(one.init, scope) : undefined);
  },
  ReturnStatement: (node, scope) => ({ kind: "return", value: node.argument ? evaluate(node.argument, scope) : undefined }),
  BreakStatement: () => ({ kind: "break" }),
  ContinueStatement: () => ({ kind: "continue" }),
  BlockStatement: (node, scope) => runAll(node.body, new Scope(scope)),
  IfStatement(node, scope) {
    const branch = evaluate(node.test, scope) ? node.consequent : node.alternate;
    return branch ? run(branch, new Scope(scope)) : undefined;
  },
  ForStatement(node, scope) {
    const inner = new Scope(scope);
    if (node.init) (STATEMENTS[node.init.type] ? run : evaluate)(node.init, inner);
    for (; !node.test || evaluate(node.test, inner); node.update && evaluate(node.update, inner)) {
      const leave = run(node.body, new Scope(inner));
      if (leave?.kind === "break") break;
      if (leave?.kind === "return") return leave;
    }
  },
  ForOfStatement(node, scope) {
    for (const value of evaluate(node.right, scope)) {
      const inner = new Scope(scope);
      inner.declare(nameOf(node.left.declarations[0].id), value);
      const leave = run(node.body, inner);
      if (leave?.kind === "break") break;
      if (leave?.kind === "return") return leave;
    }
  },
};

/** @param {Node} node @param {Scope} scope @returns {Leave | undefined} */
const run = (node, scope) => (STATEMENTS[node.type] ?? refuse(node, node.type))(node, scope) ?? undefined;

/** @param {Node[]} nodes @param {Scope} scope @returns {Leave | undefined} */
function runAll(nodes, scope) {
  for (const node of nodes) if (node.type === "FunctionDeclaration") scope.declare(node.id.name, makeFunction(node, scope));
  for (const node of nodes) {
    const leave = run(node, scope);
    if (leave) return leave;
  }
  return undefined;
}

/** What may be in a tree, for whoever only looks at code. */
export const KNOWN = { nodes: [...Object.keys(EXPRESSIONS), ...Object.keys(STATEMENTS), "Program", "VariableDeclarator", "Property", "TemplateElement"], operators: [...Object.keys(BINARY), ...Object.keys(UNARY)] };

/**
 * Runs a program and gives what it returns.
 * @param {Node} program @param {Record<string, unknown>} given the names that it finds, `require` and `data` for one
 */
export function interpret(program, given) {
  const scope = new Scope();
  for (const [name, value] of Object.entries(given)) scope.declare(name, value);
  return runAll(program.body, new Scope(scope))?.value;
}
