/** The start of the page: how everything is measured. */
export const INTRODUCTION = String.raw`# Benchmarks

${"`npm run bench`"} writes this page. The raw figures are in the JSON files next to it.

- **The same work.** All clients write the same rows: two hundred different ones, repeated (those of upserts also differ by their keys), ready in memory as objects of their language. The limit reads its rows from ready files. Time runs from the first row handed over until all rows are committed. Connections are opened before, except for a copier's second and further ones, which it opens when it needs them.
- **Separate processes.** Each client runs in a process of its own in each round, and the rounds alternate between clients. rows/s is the median of the rounds, next to it the lowest and the highest. CPU is the client's, user and system time. Peak is the resident size of the whole process.
- **Verified.** After each run, the server counts the rows and sums a hash of the text of each. Both must match a table that the server read from text. A client that loses or changes a row gets no figure.
- **The limit** is ${"`psql`"}'s ${"`\\copy`"} of ready binary files over 2 connections. All others use 2 connections too, unless their name says otherwise, except for upserts and for the latency of a row a transaction, which use one. Without psql, the limit is a bare socket that streams the same files.
- **Slow clients write fewer rows**, a fixed fraction; the last column has the number.
- The tables have no indexes, and each is emptied before each run, except for upserts: their tables have a primary key and get the same stored rows before each run. A checkpoint follows. The server is durable. Autovacuum is off for these tables.
- **Not included**: postgrejs, whose version 2.23.1 has no ${"`copyFromRows`"}, and the Rust original, which needs a Rust toolchain and its crates.
- [Performance](../performance.md) says what the figures mean for the defaults, and what limits throughput.`;
