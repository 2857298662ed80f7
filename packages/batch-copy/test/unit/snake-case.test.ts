import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { camelCase, snakeCase } from "../../dist/table/snake-case.js";

/** Keys and names that stand for each other. */
const PAIRS: Readonly<Record<string, string>> = {
  url: "url",
  statusCode: "status_code",
  aBicycle: "a_bicycle",
  isAMember: "is_a_member",
  pointX: "point_x",
  address2: "address2",
  foo12Bar: "foo12_bar",
  sha256Sum: "sha256_sum",
  _id: "_id",
  __v: "__v",
  _userId: "_user_id",
  name_: "name_",
  $ref: "$ref",
  "kebab-case": "kebab-case",
  größeÄndern: "größe_ändern",
  имяФайла: "имя_файла",
  名前: "名前",
};

/** Keys whose names lead to other keys. */
const ONE_WAY: Readonly<Record<string, string>> = {
  userID: "user_id",
  HTTPServer: "http_server",
  parseXMLDocument: "parse_xml_document",
  sha256HMACKey: "sha256_hmac_key",
  userIDs: "user_i_ds",
  User: "user",
  ID: "id",
  user_id: "user_id",
  user_Id: "user_id",
  address_2: "address_2",
  a__b: "a__b",
  "": "",
};

/** Names that no key in camel case leads to. */
const LOST: Readonly<Record<string, string>> = {
  address_2: "address2",
  a__b: "a_b",
  x_y_z: "x_yz",
  User: "user",
  userId: "user_id",
  a_名前: "a名前",
  a_ß: "a_ss",
};

describe("the name in snake_case", () => {
  it("has an underscore where a word begins with a capital", () => {
    for (const [key, name] of Object.entries({ ...PAIRS, ...ONE_WAY })) {
      assert.equal(snakeCase(key), name);
      assert.equal(snakeCase(name), name, "a name in snake_case stays as it is");
    }
  });

  it("comes back from its key, unless it has parts that camel case cannot show", () => {
    for (const [key, name] of Object.entries(PAIRS)) {
      assert.equal(camelCase(name), key);
    }
    for (const [name, other] of Object.entries(LOST)) {
      assert.equal(snakeCase(camelCase(name)), other);
    }
  });
});
