import { parseFloat64 } from "../number/float-text.js";
import { TextScanner } from "../text-form/text-scanner.js";
import type { Point } from "./point-bytes.js";

// PostgreSQL's input functions are in src/backend/utils/adt/geo_ops.c. They also accept some mixtures
// of the forms below, which are errors here.

/** The points in a text. Brackets instead of parentheses mean an open path. */
interface PointsText {
  readonly points: readonly Point[];
  readonly open: boolean;
}

/** Reads `(1,2)` or `1,2`. */
export function parsePoint(text: string): Point {
  const scanner = new TextScanner(text, "point");
  const point = readPoint(scanner);
  scanner.expectEnd();
  return point;
}

/** Reads `{1,2,3}`. */
export function parseLine(text: string): { a: number; b: number; c: number } {
  const scanner = new TextScanner(text, "line {a,b,c}");
  scanner.expect("{");
  const { x: a, y: b } = readPair(scanner);
  scanner.expect(",");
  const c = parseFloat64(scanner.number());
  scanner.expect("}");
  scanner.expectEnd();
  return { a, b, c };
}

/** Reads `<(1,2),3>`, `((1,2),3)`, `(1,2),3` or `1,2,3`. */
export function parseCircle(text: string): { center: Point; radius: number } {
  const scanner = new TextScanner(text, "circle");
  let closing = scanner.take("<") ? ">" : "";
  const isPoint = closing !== "" || !scanner.take("(");
  if (!isPoint && scanner.next === "(") {
    closing = ")";
  }
  const center = readPoint(scanner);
  if (!isPoint && closing === "") {
    // The parenthesis is around the center, not around the circle.
    scanner.expect(")");
  }
  scanner.expect(",");
  const radius = parseFloat64(scanner.number());
  if (closing !== "") {
    scanner.expect(closing);
  }
  scanner.expectEnd();
  return { center, radius };
}

/**
 * Reads `((1,2),(3,4))`, `(1,2),(3,4)`, `(1,2,3,4)`, `1,2,3,4`, and with `takesBrackets`
 * `[(1,2),(3,4)]` and `[1,2,3,4]`.
 */
export function parsePoints(text: string, type: string, takesBrackets: boolean): PointsText {
  const scanner = new TextScanner(text, type);
  const open = takesBrackets && scanner.take("[");
  let closing = open ? "]" : "";
  let eachInParentheses = scanner.take("(");
  if (eachInParentheses && !open && scanner.take("(")) {
    closing = ")";
  }
  const points = [readPair(scanner)];
  if (eachInParentheses && !scanner.take(")")) {
    // The parenthesis is around all points, not around the first point.
    if (closing !== "") {
      throw scanner.refusal();
    }
    closing = ")";
    eachInParentheses = false;
  }
  while (scanner.take(",")) {
    points.push(eachInParentheses ? readPointInParentheses(scanner) : readPair(scanner));
  }
  if (closing !== "") {
    scanner.expect(closing);
  }
  scanner.expectEnd();
  return { points, open };
}

function readPoint(scanner: TextScanner): Point {
  return scanner.next === "(" ? readPointInParentheses(scanner) : readPair(scanner);
}

function readPointInParentheses(scanner: TextScanner): Point {
  scanner.expect("(");
  const point = readPair(scanner);
  scanner.expect(")");
  return point;
}

function readPair(scanner: TextScanner): Point {
  const x = parseFloat64(scanner.number());
  scanner.expect(",");
  return { x, y: parseFloat64(scanner.number()) };
}
