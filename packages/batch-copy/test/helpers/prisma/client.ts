export * as Prisma from "./prisma-namespace.js";
