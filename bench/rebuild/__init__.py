"""``python -m bench.rebuild``: the views made again from the log, by one core, part by part.

A valid log of the wanted size is made once (`bench.logs.long_log`), with a vault of its private
parts. Then, each alone and in processor time of this one process:

- the parts of a fold, one after the other, each over the whole log at once;
- each projection, and all of them, by the function behind `dossier-ledger rebuild`: made beside
  (from proven tiles, or from the core's rows where they are enough), and put in the place of the
  stored rows in one transaction;
- small steps: a follower that is level, and takes in one published checkpoint after the other.

Entries are proven as `audit` proves them (tiles, bundles, leaf hashes); databases are written with
the product's own settings. Nothing is kept from one measurement to the next.
"""
