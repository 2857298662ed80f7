// @ts-check

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** @import { Project } from "./project.mjs" */

/**
 * Something that users do with the package. `run` throws if it does not work.
 * @typedef {{ name: string, run: (project: Project) => void }} Check
 */

/** Thrown by a check that cannot run on this machine. The message says why. */
export class NotHere extends Error {}

const root = join(import.meta.dirname, "..", "..");
const INSERTED = "2 rows inserted";
const NODE = process.execPath;
const REQUIRE = `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);`;

/** The folders of the compilers. `typescript` is 5.9, because ts-jest and ts-node need it below 7. */
const TYPESCRIPTS = /** @type {Record<string, string>} */ ({
  5.4: "typescript-5.4",
  5.9: "typescript",
  7: "typescript-7",
});
const STRICT = ["--noEmit", "--strict", "--skipLibCheck", "false", "--target", "es2022"];
STRICT.push("--types", "node");

/** The module settings of a tsconfig, as arguments. */
const MODULES = {
  commonjs: ["--module", "commonjs"],
  node16: ["--module", "node16"],
  nodenext: ["--module", "nodenext"],
  bundler: ["--module", "esnext", "--moduleResolution", "bundler"],
};

export const corePackages = [
  "drizzle-orm@0.45.4",
  "esbuild@0.28.2",
  "jest@30.5.2",
  "pg@^8.23.0",
  "typescript@npm:typescript@5.9.3",
  "typescript-5.4@npm:typescript@5.4.5",
  "typescript-7@npm:typescript@7.0.2",
  "@types/node@20.19.43",
];

export const matrixPackages = [
  "@nestjs/common@11.2.6",
  "@nestjs/core@11.2.6",
  "@nestjs/testing@11.2.6",
  "@types/jest@30.0.0",
  "bun@1.4.5",
  "deno@2.9.6",
  "reflect-metadata@0.2.2",
  "rxjs@7.8.2",
  "ts-jest@29.4.15",
  "ts-node@10.9.2",
];

/**
 * The checks that CI runs.
 * @param {string} tarball
 * @returns {Check[]}
 */
export function coreChecks(tarball) {
  return [
    {
      name: "publint",
      run: (project) =>
        void project.run(NODE, join(root, "node_modules/publint/src/cli.js"), tarball, "--strict"),
    },
    {
      name: "arethetypeswrong",
      run(project) {
        const attw = join(root, "node_modules/@arethetypeswrong/cli/dist/index.js");
        project.run(NODE, attw, tarball, "--no-emoji");
      },
    },
    inserts("require", "require.cjs"),
    inserts("import", "import.mjs"),
    inserts("require and import in one process", "both.mjs"),
    inserts("require a Drizzle table's definition", "drizzle.cjs"),
    inserts("import a Drizzle table's definition", "drizzle.mjs"),
    {
      name: "stack traces that name the sources",
      run(project) {
        const code = `try { require("batch-copy").table("t", 1) } catch (e) { console.log(e.stack) }`;
        const stack = project.run(NODE, "--enable-source-maps", "-e", code);
        assert.match(
          stack,
          /^BatchCopyError: [^]*node_modules\/batch-copy\/src\/table\/\w+.*\.ts:\d/,
        );
      },
    },
    {
      name: "Jest 30 with its defaults",
      run: (project) =>
        void project.runIn("jest", NODE, project.installed("jest/bin/jest.js"), "--ci"),
    },
    minified("cjs", "require.cjs"),
    minified("esm", "import.mjs"),
    minified("cjs", "drizzle.cjs"),
    compiles("5.4", "commonjs"),
    compiles("5.4", "nodenext"),
    compiles("5.9", "commonjs"),
    compiles("5.9", "nodenext"),
    compiles("7", "commonjs"),
    compiles("7", "node16"),
    compiles("7", "nodenext"),
    compiles("7", "bundler"),
    compilesDrizzle("5.4", "commonjs"),
    compilesDrizzle("5.9", "nodenext"),
    compilesDrizzle("7", "bundler"),
  ];
}

/**
 * The checks that only `npm run test:package:matrix` runs.
 * @returns {Check[]}
 */
export function matrixChecks() {
  return [
    compiles("5.4", "node16"),
    compiles("5.4", "bundler"),
    compiles("5.9", "node16"),
    compiles("5.9", "bundler"),
    {
      name: "ts-node, module commonjs",
      run(project) {
        const tsNode = project.installed("ts-node/dist/bin.js");
        assert.ok(project.runIn("ts-node", NODE, tsNode, "main.ts").includes(INSERTED));
      },
    },
    {
      name: "Nest's template: ts-jest, decorators",
      run: (project) =>
        void project.runIn("nest", NODE, project.installed("jest/bin/jest.js"), "--ci"),
    },
    ...["require.cjs", "import.mjs", "both.mjs"].flatMap((program) => [
      runtime("Bun", `@oven/bun-${process.platform}-${cpu()}/bin/bun`, [program]),
      runtime("Deno", `@deno/${denoPlatform()}/deno`, ["run", "--allow-all", program]),
    ]),
  ];
}

/**
 * @param {string} name
 * @param {string} program
 * @returns {Check}
 */
function inserts(name, program) {
  return { name, run: (project) => assert.ok(project.run(NODE, program).includes(INSERTED)) };
}

/**
 * Bundles a program and its dependencies into one minified file, as for serverless functions.
 * @param {"cjs" | "esm"} format
 * @param {string} program
 * @returns {Check}
 */
function minified(format, program) {
  return {
    name: `esbuild, minified, as ${format}: ${program}`,
    run(project) {
      const output = `minified.${format === "cjs" ? "cjs" : "mjs"}`;
      const options = ["--bundle", "--minify", "--platform=node", `--format=${format}`];
      // An optional dependency of pg.
      options.push("--external:pg-native", `--outfile=${output}`);
      // pg loads Node's modules by require(), which an ES module does not have.
      if (format === "esm") options.push(`--banner:js=${REQUIRE}`);
      project.run(NODE, project.installed("esbuild/bin/esbuild"), program, ...options);
      assert.ok(project.run(NODE, output).includes(INSERTED));
    },
  };
}

/**
 * Compiles without @types/pg, and checks the declarations themselves too.
 * @param {string} version
 * @param {keyof typeof MODULES} module
 * @returns {Check}
 */
function compiles(version, module) {
  return {
    name: `TypeScript ${version}, module ${module}`,
    run(project) {
      const tsc = project.installed(`${TYPESCRIPTS[version]}/bin/tsc`);
      const files = ["types/names.ts"];
      if (module !== "commonjs") files.push("esm/names.ts");
      if (module.startsWith("node")) files.push("types/required.cts", "types/mixed.mts");
      project.run(NODE, tsc, ...STRICT, ...MODULES[module], ...files);
    },
  };
}

/**
 * Compiles with the types of Drizzle, which do not pass on their own.
 * @param {string} version
 * @param {keyof typeof MODULES} module
 * @returns {Check}
 */
function compilesDrizzle(version, module) {
  return {
    name: `TypeScript ${version}, module ${module}, Drizzle`,
    run(project) {
      const tsc = project.installed(`${TYPESCRIPTS[version]}/bin/tsc`);
      const options = [...STRICT, "--skipLibCheck", ...MODULES[module]];
      project.run(NODE, tsc, ...options, "types/drizzle.ts");
    },
  };
}

/**
 * @param {string} name
 * @param {string} binary in node_modules
 * @param {string[]} args
 * @returns {Check}
 */
function runtime(name, binary, args) {
  return {
    name: `${name}: ${args.at(-1)}`,
    run(project) {
      const command = project.installed(binary);
      if (!existsSync(command)) throw new NotHere(`npm has installed no ${binary}`);
      assert.ok(project.run(command, ...args).includes(INSERTED));
    },
  };
}

/** The CPU in the names of Bun's packages. */
function cpu() {
  return process.arch === "arm64" ? "aarch64" : process.arch;
}

/** The platform in the names of Deno's packages. */
function denoPlatform() {
  const libc = process.platform === "linux" ? "-glibc" : "";
  return `${process.platform}-${process.arch}${libc}`;
}
