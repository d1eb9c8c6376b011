// The peer of collect: DuckDB's read_json of one export into a table of a database file, on two
// threads. Run in the folder where npm installed @duckdb/node-api:
//
//   node duckdb.mjs EXPORT DATABASE
//
// Options that this file needs: the format is said (an array, so that DuckDB does not guess), objects
// may be larger than a page of it (one account is 4 KB; 16 MiB is DuckDB's own bound, said here so
// that it stays). The rows need not keep their order, which lets both threads work.
import { DuckDBInstance } from '@duckdb/node-api';

const [file, database] = process.argv.slice(2);
const instance = await DuckDBInstance.create(database, { threads: '2' });
const connection = await instance.connect();
await connection.run('SET preserve_insertion_order = false');
await connection.run(
  `CREATE TABLE exported AS SELECT * FROM read_json('${file.replaceAll("'", "''")}',
     format = 'array', maximum_object_size = 16777216)`);
const rows = await connection.runAndReadAll('SELECT count(*) FROM exported');
console.error(`${rows.getRows()[0][0]} rows`);
connection.closeSync();
instance.closeSync();
