import batchCopy = require("batch-copy");

export const metrics = batchCopy.table("metrics", { url: batchCopy.text });
export const close = (copier: batchCopy.Copier<object>): Promise<void> => copier.close();
