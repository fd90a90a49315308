"""The results of whole catalogues as a folder of Parquet: what `tonearm batch` writes and reads back.

    out/manifest.json                                      models, versions and settings
        sources/part-000001.parquet                        a row for each source, with its track or its error
        tracks/part-000001.parquet                         a row for each track: every single value of every model
        results/model=key/version=2/part-000001.parquet    a row for each track and model: the whole result

A track is audio, as the model `audio` tells it apart: a file that was copied, moved or tagged is another source of the
same track. Each model has a schema of its own, made of its JSON schema, so that a query reads only the columns that it
names, with their types; curves are lists, apart from the wide table that most queries read.

A part of `sources` is written after the parts of the same number in the other tables, and says that they are whole.
"""
