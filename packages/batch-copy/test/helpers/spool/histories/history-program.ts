// node history-program.js COUNT: plays so many histories, and prints what is wrong with the first that fails.
import { playMany } from "./play-many.js";

const [count] = process.argv.slice(2);
const { histories, failure } = await playMany(0, Number(count));
console.log(`${histories} histories`);
console.log(failure ?? "nothing is wrong");
