import type { CsvReading } from "./read-csv.js";

type Row = readonly (string | null)[];
/** The reason, and what is refused: its place follows from what was before it. */
type Bad = readonly [line: number, reason: string, text: string];

/** A file, and what is read from it. */
export interface OddFile {
  readonly name: string;
  readonly file: string;
  readonly rows: readonly Row[];
  readonly bad?: readonly Bad[];
  readonly dialect?: CsvReading;
  /** The lines of the rows. @default one after the other */
  readonly lines?: readonly number[];
}

const three = { fields: 3 };
const two = { fields: 2 };
const one = { fields: 1 };

/** Files whose reading is known. */
export const oddFiles: readonly OddFile[] = [
  { name: "an empty file", file: "", rows: [] },
  {
    name: "lines that end in \\n",
    file: "a,b\nc,d\n",
    rows: [
      ["a", "b"],
      ["c", "d"],
    ],
  },
  {
    name: "lines that end in \\r\\n",
    file: "a,b\r\nc,d\r\n",
    rows: [
      ["a", "b"],
      ["c", "d"],
    ],
  },
  {
    name: "both in one file",
    file: "a,b\r\nc,d\ne,f\r\n",
    rows: [
      ["a", "b"],
      ["c", "d"],
      ["e", "f"],
    ],
  },
  {
    name: "a last line without a terminator",
    file: "a,b\nc,d",
    rows: [
      ["a", "b"],
      ["c", "d"],
    ],
  },
  {
    name: "a last line that ends in \\r",
    file: "a,b\r\nc,d\r",
    rows: [
      ["a", "b"],
      ["c", "d"],
    ],
  },
  { name: "a last quoted field without a terminator", file: 'a,"b"', rows: [["a", "b"]] },
  {
    name: "the line ends of an old Macintosh",
    file: 'a,b\rc,"d\ne"\rf,g',
    rows: [
      ["a", "b"],
      ["c", "d\ne"],
      ["f", "g"],
    ],
    dialect: { lineEnd: "\r" },
  },
  {
    name: "a newline in such a file",
    file: "a,b\rc\nx,d\re\r\nf,g\r",
    rows: [["a", "b"]],
    bad: [
      [2, "unquoted newline", "c\nx,d\r"],
      [3, "too few fields: 1 of 2", "e\r"],
      [4, "unquoted newline", "\nf,g\r"],
    ],
    dialect: { ...two, lineEnd: "\r" },
  },
  {
    name: "empty fields as NULL, quoted ones as texts",
    file: ',""\n"",\n',
    rows: [
      [null, ""],
      ["", null],
    ],
  },
  {
    name: "another null string",
    file: '\\N,"\\N"\n,\\\n\\NN,NN\n',
    rows: [
      [null, "\\N"],
      ["", "\\"],
      ["\\NN", "NN"],
    ],
    dialect: { nullText: "\\N" },
  },
  { name: "spaces", file: ' a, "b"  ,c \n', rows: [[" a", " b  ", "c "]] },
  { name: "semicolons", file: '1,5;"a;b"\n', rows: [["1,5", "a;b"]], dialect: { delimiter: ";" } },
  {
    name: "tabs",
    file: 'a\t"b\tc"\t\n',
    rows: [["a", "b\tc", null]],
    dialect: { delimiter: "\t" },
  },
  {
    name: "bars",
    file: 'a|"b|c"||~\n',
    rows: [["a", "b|c", null, "~"]],
    dialect: { delimiter: "|" },
  },
  {
    name: "another quote",
    file: `'a,''b''',"c"\n`,
    rows: [["a,'b'", '"c"']],
    dialect: { quote: "'" },
  },
  { name: "no quotes", file: '5",""\n"\n', rows: [['5"', '""'], ['"']], dialect: { quote: "" } },
  { name: "quoted delimiters", file: '"a,b",c\n', rows: [["a,b", "c"]] },
  {
    name: "quoted line ends",
    file: '"a\nb","c\r\nd"\n"\n",e\nf,g\n',
    rows: [
      ["a\nb", "c\r\nd"],
      ["\n", "e"],
      ["f", "g"],
    ],
    lines: [1, 4, 6],
  },
  { name: "a quoted carriage return", file: '"a\rb",c\n', rows: [["a\rb", "c"]] },
  {
    name: "doubled quotes",
    file: '"a""b","""",""""""\n"""a","b"""\n',
    rows: [
      ['a"b', '"', '""'],
      ['"a', 'b"'],
    ],
  },
  {
    name: "doubled quotes with line ends",
    file: '"a""\n""b",c\nd,e\n',
    rows: [
      ['a"\n"b', "c"],
      ["d", "e"],
    ],
    lines: [1, 3],
  },
  { name: "quotes inside a field", file: 'ab"c,d"e,f\n', rows: [["abc,de", "f"]] },
  {
    name: "characters after a closing quote",
    file: '"a"b,"c" \n"a"b"c"d,e\n',
    rows: [
      ["ab", "c "],
      ["abcd", "e"],
    ],
  },
  {
    name: "characters outside ASCII",
    file: 'é,\u{1F600}\n"ü""",ß\n',
    rows: [
      ["é", "\u{1F600}"],
      ['ü"', "ß"],
    ],
  },
  { name: "a byte of zero", file: 'a\0b,"\0"\n', rows: [["a\0b", "\0"]] },
  { name: "the end marker of psql as data", file: "\\.\na\n", rows: [["\\."], ["a"]] },
  {
    name: "empty lines",
    file: "\na,b\n\r\n\nc,d\n\n",
    rows: [
      ["a", "b"],
      ["c", "d"],
    ],
    lines: [2, 5],
    dialect: two,
  },
  {
    name: "empty lines where records have one field",
    file: 'a\n\n\r\n""\n',
    rows: [["a"], [null], [null], [""]],
    dialect: one,
  },
  {
    name: "too few and too many fields",
    file: "a,b\nc\nd,e,f,g\nh,i\n",
    rows: [
      ["a", "b"],
      ["h", "i"],
    ],
    lines: [1, 4],
    bad: [
      [2, "too few fields: 1 of 2", "c\n"],
      [3, "too many fields: 4 of 2", "d,e,f,g\n"],
    ],
    dialect: two,
  },
  {
    name: "too many fields in several lines",
    file: '"a\nb",c,"d\ne"\nf,g\n',
    rows: [["f", "g"]],
    lines: [4],
    bad: [[1, "too many fields: 3 of 2", '"a\nb",c,"d\ne"\n']],
    dialect: two,
  },
  {
    name: "too few fields in the last line",
    file: "a,b\nc",
    rows: [["a", "b"]],
    bad: [[2, "too few fields: 1 of 2", "c"]],
    dialect: two,
  },
  {
    name: "a carriage return in a line",
    file: "a,b\nc\rd,e\nf,g\n",
    rows: [
      ["a", "b"],
      ["f", "g"],
    ],
    lines: [1, 3],
    bad: [[2, "unquoted carriage return", "c\rd,e\n"]],
    dialect: two,
  },
  {
    name: "two carriage returns before a newline",
    file: 'a,"b"\r\r\nc,d\n',
    rows: [["c", "d"]],
    lines: [2],
    bad: [[1, "unquoted carriage return", 'a,"b"\r\r\n']],
    dialect: two,
  },
  {
    name: "an unterminated quote",
    file: 'a,b,c\n1,"x,y\n2,p,q\n3,r,s\n',
    rows: [
      ["a", "b", "c"],
      ["2", "p", "q"],
      ["3", "r", "s"],
    ],
    lines: [1, 3, 4],
    bad: [[2, "unterminated quoted field", '1,"x,y\n']],
    dialect: three,
  },
  {
    name: "an unterminated quote in the last line",
    file: 'a,b\nc,"d',
    rows: [["a", "b"]],
    bad: [[2, "unterminated quoted field", 'c,"d']],
    dialect: two,
  },
  {
    name: "an unterminated quote behind which only empty lines come",
    file: '"a\n\n',
    rows: [[null]],
    lines: [2],
    bad: [[1, "unterminated quoted field", '"a\n']],
    dialect: one,
  },
  {
    name: "an unterminated quote after a quoted line end",
    file: '"a\nb","c\nd,e\n',
    rows: [["d", "e"]],
    lines: [3],
    bad: [[1, "unterminated quoted field", '"a\nb","c\n']],
    dialect: two,
  },
  {
    name: "an unterminated quote before quoted fields",
    file: '1,"x,y\n2,"p",q\n3,"r",s\n',
    rows: [
      ["2", "p", "q"],
      ["3", "r", "s"],
    ],
    lines: [2, 3],
    bad: [[1, "unterminated quoted field", '1,"x,y\n']],
    dialect: three,
  },
  {
    name: "an unterminated quote before a quoted first field",
    file: '1,"x\n"2",y\n',
    rows: [["2", "y"]],
    lines: [2],
    bad: [[1, "unterminated quoted field", '1,"x\n']],
    dialect: two,
  },
  {
    name: "an unterminated quote before empty quoted fields",
    file: '1,"x\n2,""\n3,""\n',
    rows: [
      ["2", ""],
      ["3", ""],
    ],
    lines: [2, 3],
    bad: [[1, "unterminated quoted field", '1,"x\n']],
    dialect: two,
  },
  {
    name: "a stray quote inside a field",
    file: '1,5" pipe,x\n2,p,q\n3,6" pipe,y\n',
    rows: [["2", "p", "q"]],
    lines: [2],
    bad: [
      [1, "unterminated quoted field", '1,5" pipe,x\n'],
      [3, "unterminated quoted field", '3,6" pipe,y\n'],
    ],
    dialect: three,
  },
  {
    name: "a stray quote after a quoted line end",
    file: '"1\n2",5" pipe\n3,p\n',
    rows: [["3", "p"]],
    lines: [3],
    bad: [[1, "unterminated quoted field", '"1\n2",5" pipe\n']],
    dialect: two,
  },
  {
    name: "a stray quote with \\r\\n",
    file: '1,5" x\r\n2,y\r\n',
    rows: [["2", "y"]],
    lines: [2],
    bad: [[1, "unterminated quoted field", '1,5" x\r\n']],
    dialect: two,
  },
  {
    name: "a quote that is longer than a record may be",
    file: '1,"x\n2,y\n3,z\n4,w\n5,"v"\n',
    rows: [
      ["2", "y"],
      ["3", "z"],
      ["4", "w"],
      ["5", "v"],
    ],
    lines: [2, 3, 4, 5],
    bad: [[1, "unterminated quoted field: no closing quote within 12 bytes", '1,"x\n']],
    dialect: { ...two, maxRecordBytes: 12 },
  },
  {
    name: "a line that is longer than a record may be",
    file: "1,aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n2,y\n",
    rows: [["2", "y"]],
    lines: [2],
    bad: [[1, "record longer than 12 bytes", "1,aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"]],
    dialect: { ...two, maxRecordBytes: 12 },
  },
  {
    name: "such a line at the end of the file",
    file: "2,y\n1,aaaaaaaaaaaaaaaaaaaaaaa",
    rows: [["2", "y"]],
    bad: [[2, "record longer than 12 bytes", "1,aaaaaaaaaaaaaaaaaaaaaaa"]],
    dialect: { ...two, maxRecordBytes: 12 },
  },
  {
    name: "a record that is as long as it may be",
    file: "1,345678901\n2,345678901",
    rows: [
      ["1", "345678901"],
      ["2", "345678901"],
    ],
    dialect: { ...two, maxRecordBytes: 12 },
  },
];
