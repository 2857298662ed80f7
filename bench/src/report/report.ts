import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { drawBars } from "./charts/bars.js";
import { curveSection, drawCurve } from "./curves-section.js";
import { INTRODUCTION } from "./introduction.js";
import { latencyPictures, latencySection } from "./latency-section.js";
import { ledgerPictures, ledgerSection } from "./ledger-section.js";
import { loadPictures, loadSection } from "./load-section.js";
import { memoryPictures, memorySection } from "./memory-section.js";
import { recall } from "./record.js";
import { describe } from "./setting.js";
import { spoolPictures, spoolSection } from "./spool-section.js";
import { tablesPictures, tablesSection } from "./tables-section.js";
import { throughputSection } from "./throughput-section.js";
import { upsertPictures, upsertSection } from "./upsert-section.js";

/** A part of the page, and the pictures that it shows, by file name. */
interface Section {
  readonly markdown: readonly string[];
  readonly pictures: Readonly<Record<string, string>>;
}

/** Renders everything that is recorded in the folder as a page with charts. */
export async function writeReport(folder: string): Promise<void> {
  const sections = [
    await throughputReport(folder),
    await latencyReport(folder),
    await curvesReport(folder),
    await memoryReport(folder),
    await tablesReport(folder),
    await upsertReport(folder),
    await ledgerReport(folder),
    await spoolReport(folder),
    await loadReport(folder),
  ].filter((section) => section !== undefined);
  const page = [INTRODUCTION, ...sections.flatMap(({ markdown }) => markdown)].join("\n\n");
  await writeFile(join(folder, "README.md"), `${page}\n`);
  const pictures = sections.flatMap((section) => Object.entries(section.pictures));
  await Promise.all(pictures.map(([name, svg]) => writeFile(join(folder, name), svg)));
}

async function throughputReport(folder: string): Promise<Section | undefined> {
  const recorded = await recall(folder, "throughput");
  if (recorded === undefined) return undefined;
  const { setting, figures } = recorded;
  const pictureOf = (workload: string): string => `throughput-${workload}.svg`;
  return {
    markdown: [
      "## Throughput",
      describe(setting),
      ...figures.map((result) => throughputSection(result, pictureOf(result.workload))),
    ],
    pictures: Object.fromEntries(
      figures.map((result) => [pictureOf(result.workload), drawBars(result)]),
    ),
  };
}

async function latencyReport(folder: string): Promise<Section | undefined> {
  const recorded = await recall(folder, "latency");
  if (recorded === undefined) return undefined;
  const { setting, figures } = recorded;
  return {
    markdown: ["## Latency of a commit", describe(setting), latencySection(figures)],
    pictures: latencyPictures(figures),
  };
}

async function curvesReport(folder: string): Promise<Section | undefined> {
  const recorded = await recall(folder, "curves");
  if (recorded === undefined) return undefined;
  const { setting, figures } = recorded;
  const pictureOf = (curve: string): string => `curve-${curve}.svg`;
  return {
    markdown: [
      "## Curves",
      describe(setting),
      ...figures.map((curve) => curveSection(curve, pictureOf(curve.name))),
    ],
    pictures: Object.fromEntries(figures.map((curve) => [pictureOf(curve.name), drawCurve(curve)])),
  };
}

async function memoryReport(folder: string): Promise<Section | undefined> {
  const recorded = await recall(folder, "memory");
  if (recorded === undefined) return undefined;
  const { setting, figures } = recorded;
  return {
    markdown: ["## Memory", describe(setting), memorySection(figures)],
    pictures: memoryPictures(figures),
  };
}

async function tablesReport(folder: string): Promise<Section | undefined> {
  const recorded = await recall(folder, "tables");
  if (recorded === undefined) return undefined;
  const { setting, figures } = recorded;
  return {
    markdown: ["## Many tables", describe(setting), tablesSection(figures)],
    pictures: tablesPictures(figures),
  };
}

async function upsertReport(folder: string): Promise<Section | undefined> {
  const recorded = await recall(folder, "upsert");
  if (recorded === undefined) return undefined;
  const { setting, figures } = recorded;
  return {
    markdown: ["## Upsert", describe(setting), upsertSection(figures)],
    pictures: upsertPictures(figures),
  };
}

async function ledgerReport(folder: string): Promise<Section | undefined> {
  const recorded = await recall(folder, "ledger");
  if (recorded === undefined) return undefined;
  const { setting, figures } = recorded;
  return {
    markdown: ["## Ledger and sources", describe(setting), ledgerSection(figures)],
    pictures: ledgerPictures(figures),
  };
}

async function spoolReport(folder: string): Promise<Section | undefined> {
  const recorded = await recall(folder, "spool");
  if (recorded === undefined) return undefined;
  const { setting, figures } = recorded;
  return {
    markdown: ["## Spool", describe(setting), spoolSection(figures)],
    pictures: spoolPictures(figures),
  };
}

async function loadReport(folder: string): Promise<Section | undefined> {
  const recorded = await recall(folder, "load");
  if (recorded === undefined) return undefined;
  const { setting, figures } = recorded;
  return {
    markdown: ["## Loading files", describe(setting), loadSection(figures)],
    pictures: loadPictures(figures),
  };
}
