import fc from "fast-check";

import { json, jsonb } from "../../../../dist/codecs/json/json.js";
import { nonRecords } from "../../non-records.js";
import type { TypeSamples } from "../../type-sample.js";

class Getters {
  get a(): number {
    return 1;
  }
}

class NoFields {
  declare readonly a?: string;
}

class Exporting extends Getters {
  toJSON(): object {
    return { a: {} };
  }
}

const documents = fc
  .jsonValue()
  .filter((value) => value !== null && !/\\u(0000|d[89a-f])/.test(JSON.stringify(value)));

export const jsonSamples: readonly TypeSamples[] = [
  {
    type: json,
    generated: documents.map((value) => [value, JSON.stringify(value)]),
    accepted: [
      [{ a: [1, "two", null, { ü: "🙂" }] }, '{"a":[1,"two",null,{"ü":"🙂"}]}'],
      ["text", '"text"'],
      [1.5, "1.5"],
      [false, "false"],
      [[], "[]"],
      ["\0", '"\\u0000"'],
      [new Date(0), '"1970-01-01T00:00:00.000Z"', "1970-01-01T00:00:00.000Z"],
      [{}, "{}"],
      ["{}", '"{}"'],
      [
        { a: {}, b: [{}], c: Object.create(null) },
        '{"a":{},"b":[{}],"c":{}}',
        { a: {}, b: [{}], c: {} },
      ],
      [
        { at: new Date(0), a: {} },
        '{"at":"1970-01-01T00:00:00.000Z","a":{}}',
        { at: "1970-01-01T00:00:00.000Z", a: {} },
      ],
      [[{ skipped: undefined }, {}], "[{},{}]", [{}, {}]],
      [new NoFields(), "{}", {}],
      [Object.create({ method() {} }), "{}", {}],
      [new Exporting(), '{"a":{}}', { a: {} }],
      [[Object("text"), Object(1), {}], '["text",1,{}]', ["text", 1, {}]],
      [[new Float32Array(0), new Float32Array([0.5])], '[{},{"0":0.5}]', [{}, { 0: 0.5 }]],
    ],
    refused: [
      [Symbol("s"), /expected a value that JSON.stringify accepts, got a symbol/],
      [() => 1, /got a function/],
      [1n, /BigInt/],
      [Number.NaN, /JSON.stringify turns .* into null/],
      [new Date(Number.NaN), /JSON.stringify turns .* into null/],
      [Object.create({ a: 1 }), /turns an object into/],
      [new Getters(), /turns an instance of Getters into/],
      [{ a: [new Map([["b", 1]])] }, /turns an instance of Map \(at the key "0"\) into/],
      [{ toJSON: () => ({ a: new Set([1]) }) }, /turns an instance of Set \(at the key "a"\) into/],
      ...Object.values(nonRecords).flatMap((value) => [
        [value, /turns (?:an instance of \w+|an object) into/] as const,
        [{ list: [value], text: "{}" }, /turns .* \(at the key "0"\) into/] as const,
      ]),
    ],
  },
  {
    type: jsonb,
    generated: documents.map((value) => [value, JSON.stringify(value)]),
    accepted: [
      [{ b: 1, a: { c: [true] } }, '{"b":1,"a":{"c":[true]}}'],
      ["\\u0000", '"\\\\u0000"'],
      ["\\\\", '"\\\\\\\\"'],
    ],
    refused: [
      ["\0", /jsonb cannot store U\+0000/],
      [{ key: "x\\\0" }, /jsonb cannot store U\+0000/],
      [{ "\ud800": 1 }, /lone surrogate/],
      [Symbol("s"), /JSON.stringify/],
    ],
  },
];
