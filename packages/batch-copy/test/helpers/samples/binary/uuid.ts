import fc from "fast-check";

import { uuid } from "../../../../dist/codecs/binary/uuid.js";
import type { TypeSamples } from "../../type-sample.js";

const TEXT = "ffeebc99-9c0b-4ef8-bb6d-6bb9bd380aff";

/** The text with the character at `index` replaced. */
const withCharacter = (index: number, character: string): string =>
  TEXT.slice(0, index) + character + TEXT.slice(index + 1);

export const uuidSamples: readonly TypeSamples[] = [
  {
    type: uuid,
    accepted: [
      ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"],
      [
        "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
      ],
      [
        "{a0eebc99-9c0b4ef8-bb6d6bb9-bd380a11}",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
      ],
      [
        "a0eebc999c0b4ef8bb6d6bb9bd380a11",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
      ],
      [
        "a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
      ],
    ],
    refused: [
      ["", /is not a valid UUID/],
      ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1", /is not a valid UUID/],
      ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a111", /is not a valid UUID/],
      ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11-", /is not a valid UUID/],
      ["a0-eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", /is not a valid UUID/],
      ["{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", /is not a valid UUID/],
      ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}", /is not a valid UUID/],
      ["g0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", /is not a valid UUID/],
      ["ä0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", /is not a valid UUID/],
      [42, /expected a string/],
    ],
  },
  {
    type: uuid,
    accepted: [
      [TEXT, TEXT],
      ["00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000"],
      ["ffffffff-ffff-ffff-ffff-ffffffffffff", "ffffffff-ffff-ffff-ffff-ffffffffffff"],
      [`{${TEXT}}`, TEXT, TEXT],
    ],
    // A wrong character at each place of the usual shape.
    refused: Array.from(TEXT, (_, index) => index).flatMap((index) => [
      [withCharacter(index, "g"), /is not a valid UUID/] as const,
      [withCharacter(index, "İ"), /is not a valid UUID/] as const,
    ]),
    generated: fc
      .tuple(
        fc.uuid(),
        fc.constantFrom<(text: string) => string>(
          (text) => text,
          (text) => text.toUpperCase(),
          (text) => `{${text}}`,
          (text) => text.replaceAll("-", ""),
        ),
      )
      .map(([text, form]) => [form(text), text] as const),
  },
];
