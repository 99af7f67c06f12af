"""Tables larger than memory in a DuckDB that lives in a temporary folder and goes with it: text files and Parquets, row by row numbered.

A text file is read strictly: what is no row of the table (too many cells, too few, a quotation mark that is not closed, bytes that are no letters) is kept with
its line, never dropped.
"""

from __future__ import annotations

import codecs
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.language import _

PARQUET = (".parquet", ".pq")
TEXT = (".csv", ".tsv", ".txt", ".tab")
MEMORY = "1GB"
"""What DuckDB may use before it goes on in the temporary folder."""

Progress = Callable[[float], Any]


def quoted(name: str) -> str:
    """A name as SQL writes it.

    >>> quoted("order no.")
    '"order no."'
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL writes it.

    >>> literal("O'Brien")
    "'O''Brien'"
    """
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True)
class Layout:
    """How a text file lies there: Python's name of its encoding, separator, lines above the first row, names of its columns."""

    codec: str
    separator: str
    skip: int
    headings: Sequence[str]


class Store:
    """The DuckDB; use it in a ``with``. ``folder`` is where it lives, ``base`` the connection.

    In a folder that is named it stays when the work is stopped, and what was loaded by then need not be loaded again; when all went well the folder is taken
    away. Without one it lives in a temporary folder.
    """

    def __init__(self, folder: Path | None = None, memory: str = MEMORY) -> None:
        duckdb = need_duckdb()
        self.stays = folder is not None
        self.folder = Path(tempfile.mkdtemp(prefix="crmlab-")) if folder is None else folder
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # names stand in it
        file = self.folder / "rows.duckdb"
        try:
            self.base = duckdb.connect(str(file))
        except duckdb.Error:
            if not self.stays:
                raise
            for broken in self.folder.glob("rows.duckdb*"):  # it was stopped in the middle of writing
                broken.unlink()
            self.base = duckdb.connect(str(file))
        self.base.execute(f"set temp_directory = {literal(str(self.folder / 'spilled'))}")
        self.base.execute(f"set memory_limit = {literal(memory)}")
        self.base.execute("set enable_progress_bar = false")
        self.base.execute("set autoinstall_known_extensions = false")  # it would load them from the network

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.base.close()
        if not self.stays or kind is None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, query: str, progress: Progress | None = None) -> None:
        """Run a statement; meanwhile ``progress`` is called with the share that is done. It can be interrupted."""
        if progress is None:
            self.base.execute(query)
            return
        failed: list[BaseException] = []

        def work() -> None:
            try:
                self.base.execute(query)
            except BaseException as error:
                failed.append(error)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        try:
            while thread.is_alive():
                thread.join(0.2)
                share = self.base.query_progress()
                if share and share > 0:
                    progress(min(1.0, share / 100))
        except BaseException:
            self.base.interrupt()
            thread.join(10)
            raise
        if failed:
            raise failed[0]

    def load_text(
        self,
        table: str,
        number: int,
        file: Path,
        layout: Layout,
        columns: Sequence[str],
        progress: Progress | None = None,
    ) -> None:
        """The rows of a text file into ``table``: ``file`` (its number), ``row`` (the line it begins in, line breaks inside cells apart) and these
        columns as texts. What is no row goes into the table ``refused`` (``file``, ``row``, ``why``, ``line``)."""
        self.base.execute("create table if not exists loaded (file integer)")
        if self.base.execute(f"select 1 from loaded where file = {number}").fetchall():
            return
        self.base.execute(f"delete from {quoted(table)} where file = {number}" if self._there(table) else "select 1")
        self.base.execute("create table if not exists refused (file integer, row bigint, why varchar, line varchar)")
        self.base.execute(f"delete from refused where file = {number}")
        path, codec = file, layout.codec.lower()
        if codec not in ("utf-8", "utf-8-sig", "ascii"):
            path = self._as_utf8(file, codec)
        places = [f"c{place}" for place in range(len(layout.headings))]
        types = "{" + ", ".join(f"'{place}': 'VARCHAR'" for place in places) + "}"
        wanted = ", ".join(f"c{list(layout.headings).index(name)} as {quoted(name)}" for name in columns)
        there = self._there(table)
        self.run(
            (f"insert into {quoted(table)} " if there else f"create table {quoted(table)} as ")
            + f"select {number}::integer as file, row_number() over () + {layout.skip} as row, {wanted} "
            f"from {_scan(path, layout, types, number)}",
            progress,
        )
        self.base.execute(
            f"insert into refused select {number}, line, arg_min(error_type::varchar, column_idx), any_value(csv_line) from wrong_{number} group by line"
        )
        self.base.execute(f"drop table wrong_{number}; drop table scan_{number}")
        lines, empty = _lines(path, layout.skip)
        taken = self.base.execute(f"select count(*) from {quoted(table)} where file = {number}").fetchone()[0]
        refused = self.base.execute(f"select count(*) from refused where file = {number}").fetchone()[0]
        if lines != taken + refused:
            self._no_swallowed(file, path, number, layout, types)
        self._renumber(number, empty)
        self.base.execute(f"insert into loaded values ({number})")
        if path != file:
            path.unlink()

    def _there(self, table: str) -> bool:
        return bool(self.base.execute(f"select 1 from duckdb_tables() where table_name = {literal(table)}").fetchall())

    def _no_swallowed(self, file: Path, path: Path, number: int, layout: Layout, types: str) -> None:
        """Refuse a file in which a quotation mark that is not closed makes whole lines of the table one cell: rows would be lost."""
        least, separator = max(1, len(layout.headings) - 1), literal(layout.separator)
        inside = " or ".join(
            f"(contains(c{place}, chr(10)) and len(list_filter(str_split(c{place}, chr(10))[2:], "
            f"lambda x: len(x) - len(replace(x, {separator}, '')) >= {least})) > 0)"
            for place in range(len(layout.headings))
        )
        found = self.base.execute(
            f"select min(row) from (select row_number() over () + {layout.skip} as row, * from {_scan(path, layout, types)}) where {inside}"
            if len(layout.headings) >= 3
            else "select null"
        ).fetchone()[0]
        if found is None:
            found = self.base.execute(
                f"select min(row) from refused where file = {number} and why = 'UNQUOTED VALUE' and contains(trim(line), chr(10))"
            ).fetchone()[0]
        if found is not None:
            checks.fail(
                _(
                    "{file}, near line {line}: a quotation mark is opened and closed too late or never, so that whole lines would be one cell. "
                    "Correct it there and export the file again."
                ),
                file=file.name,
                line=int(found),
            )

    def _renumber(self, number: int, empty: np.ndarray) -> None:
        """DuckDB numbers the rows it takes; empty lines and refused ones stand between them in the file."""
        refused = [row for (row,) in self.base.execute(f"select row from refused where file = {number}").fetchall()]
        between = np.union1d(empty, refused).astype("int64")
        self.base.execute("create table if not exists between_rows (file integer, from_row bigint, later bigint)")
        self.base.execute(f"delete from between_rows where file = {number}")
        if not len(between):
            return
        # The first taken row behind the k-th such line has the number line + 1 - k as long as these are not counted.
        made = pd.DataFrame(
            {"file": number, "from_row": between - np.arange(len(between)), "later": np.arange(1, len(between) + 1)}
        )
        self.base.register("incoming", made.groupby("from_row", as_index=False).max()[["file", "from_row", "later"]])
        self.base.execute("insert into between_rows select * from incoming")
        self.base.unregister("incoming")

    def shifts(self) -> dict[int, tuple[np.ndarray, np.ndarray]]:
        """By file: the numbers of rows from which on, and by how much, the file's own numbers are higher."""
        if not self._there("between_rows"):
            return {}
        found = self.base.execute("select file, from_row, later from between_rows order by file, from_row").df()
        return {
            int(number): (part["from_row"].to_numpy("int64"), part["later"].to_numpy("int64"))
            for number, part in found.groupby("file")
        }

    def _as_utf8(self, file: Path, codec: str) -> Path:
        """The file in UTF-8, in the temporary folder; a place whose bytes are no letters is refused."""
        path = self.folder / "recoded.csv"
        decoder = codecs.getincrementaldecoder(codec)()
        done = 0
        with file.open("rb") as source, path.open("w", encoding="utf-8", newline="") as target:
            while piece := source.read(1 << 22):
                try:
                    target.write(decoder.decode(piece))
                except UnicodeDecodeError as error:
                    checks.fail(
                        _(
                            "{file}: the bytes at {place:,} are no letters of {encoding}. Export the file again, as UTF-8."
                        ),
                        file=file.name,
                        place=done + error.start,
                        encoding=codec,
                    )
                done += len(piece)
        return path

    def view_parquet(self, view: str, files: Sequence[Path]) -> list[str]:
        """All rows of these files as a view with ``file`` (its place in ``files``) and ``row``, from 1; nothing is copied. Their headings."""
        listed = "[" + ", ".join(literal(str(file)) for file in files) + "]"
        source = f"read_parquet({listed}, filename = 'file of crmlab', file_row_number = true, union_by_name = true)"
        headings = [
            name
            for name in self.base.sql(f"from {source} limit 0").columns
            if name not in ("file of crmlab", "file_row_number")
        ]
        places = "map(" + listed + ", " + str(list(range(len(files)))) + ")"
        shown = ", ".join(quoted(name) for name in headings)
        self.base.execute(
            f'create or replace view {quoted(view)} as select {places}["file of crmlab"] as file, file_row_number + 1 as row, {shown} from {source}'
        )
        return headings


def need_duckdb() -> Any:
    """The module duckdb, or the sentence that says how to get it."""
    try:
        import duckdb
    except ImportError:
        checks.fail(
            _(
                "Folders, Parquet files and very large files need DuckDB, which is not installed: pip install 'crmlab[scale]'."
            )
        )
    return duckdb


def _scan(path: Path, layout: Layout, types: str, number: int | None = None) -> str:
    """The function of DuckDB that reads the file; with a number it keeps what is no row."""
    keep = (
        "ignore_errors = true"
        if number is None
        else f"store_rejects = true, rejects_limit = 0, rejects_table = 'wrong_{number}', rejects_scan = 'scan_{number}'"
    )
    return (
        f"read_csv({literal(str(path))}, auto_detect = false, header = false, skip = {layout.skip}, delim = {literal(layout.separator)}, "
        f"quote = '\"', escape = '\"', columns = {types}, max_line_size = 16000000, {keep})"
    )


def _lines(path: Path, skip: int) -> tuple[int, np.ndarray]:
    """How many lines below the first ``skip`` ones hold anything, and the numbers, from 1, of those that do not."""
    found: list[np.ndarray] = []
    line, last = 1, 10
    with path.open("rb") as file:
        while piece := file.read(1 << 22):
            if b"\n\n" in piece or b"\n\r\n" in piece or (last == 10 and piece[:1] in b"\r\n"):
                signs = np.frombuffer(piece, "uint8")
                signs = signs[signs != 13]
                ends = signs == 10
                before = np.concatenate([[last == 10], ends[:-1]])
                found.append((line + np.cumsum(ends) - ends)[ends & before])
            line += piece.count(b"\n")
            last = (piece.rstrip(b"\r") or b" ")[-1]
    empty = np.concatenate(found) if found else np.empty(0, "int64")
    empty = empty[empty > skip]
    whole = line - (1 if last == 10 else 0)
    return whole - skip - len(empty), empty


def pieces(base: Any, query: str, size: int = 100_000) -> Iterator[pd.DataFrame]:
    """The rows of a query, so many at a time."""
    cursor = base.cursor().execute(query)
    while len(part := cursor.fetch_df_chunk(max(1, size // 2048))):
        yield part
