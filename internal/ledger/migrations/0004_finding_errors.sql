-- How many findings of a list are errors. Of lists from before nobody has counted: they are taken to hold one, and read.
ALTER TABLE finding_list ADD COLUMN errors BIGINT NOT NULL DEFAULT 1;
