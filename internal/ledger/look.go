package ledger

import (
	"encoding/json"
	"fmt"
	"time"
)

// Look is one file in a listing.
type Look struct {
	Name    string
	Size    int64
	ModTime time.Time
}

type seenFile struct {
	id         int64
	size, time int64
}

type newFile struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
	Time int64  `json:"time"`
}

// Look compares a whole listing of a source with the files in state seen: an equal size and time is one more look, a
// different one starts anew, a new name is added, and a name no longer listed is forgotten. It costs a few statements,
// whatever the number of files. A name that is not UTF-8 is recorded with U+FFFD for its odd bytes.
func (tx *Tx) Look(source, partner string, seen []Look, now time.Time) error {
	known, err := tx.seenFiles(source)
	if err != nil {
		return inCase(err, "comparing the listing of %s", source)
	}
	var same, changed []int64
	var changes, added []newFile
	for _, look := range seen {
		file := newFile{Name: clean(look.Name), Size: look.Size, Time: micros(look.ModTime)}
		old, ok := known[file.Name]
		delete(known, file.Name)
		switch {
		case !ok:
			added = append(added, file)
		case old.size == file.Size && old.time == file.Time:
			same = append(same, old.id)
		default:
			changed = append(changed, old.id)
			changes = append(changes, file)
		}
	}
	var gone []int64
	for _, old := range known {
		gone = append(gone, old.id)
	}
	err = tx.applyLooks(same, gone, now)
	for i := 0; i < len(changed) && err == nil; i++ {
		_, err = tx.exec("UPDATE arrival SET size = $1, mod_time = $2, looks = 1, first_look = $3, last_look = $3 WHERE id = $4",
			changes[i].Size, changes[i].Time, now, changed[i])
	}
	if err == nil {
		err = tx.addSeen(source, partner, added, now)
	}
	return inCase(err, "recording the listing of %s", source)
}

func (tx *Tx) seenFiles(source string) (map[string]seenFile, error) {
	known := make(map[string]seenFile)
	var name string
	var f seenFile
	err := tx.each([]any{&f.id, &name, &f.size, &f.time}, func() error {
		known[name] = f
		return nil
	}, "SELECT id, name, size, mod_time FROM arrival WHERE source = $1 AND state = 'seen'", source)
	return known, err
}

func (tx *Tx) applyLooks(same, gone []int64, now time.Time) error {
	if len(same) > 0 {
		text := "UPDATE arrival SET looks = looks + 1, last_look = $1 WHERE id IN " + tx.numbers("$2")
		if _, err := tx.exec(text, now, jsonText(same)); err != nil {
			return err
		}
	}
	if len(gone) > 0 {
		if _, err := tx.exec("DELETE FROM arrival WHERE id IN "+tx.numbers("$1"), jsonText(gone)); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) addSeen(source, partner string, added []newFile, now time.Time) error {
	if len(added) == 0 {
		return nil
	}
	text := "INSERT INTO arrival (" + arrivalColumns + `)
		SELECT $1, $2, value->>'name', '', CAST(value->>'size' AS bigint), CAST(value->>'time' AS bigint), 1, CAST($3 AS bigint), CAST($3 AS bigint),
			'', '', 'seen', '', '', 0, 0, 0, 0, 0, 0, '', 0, 0, CAST($3 AS bigint), 0
		FROM ` + fmt.Sprintf(tx.ledger.dialect.objects, "$4") + " WHERE true ON CONFLICT DO NOTHING"
	_, err := tx.exec(text, partner, source, now, jsonText(added))
	return err
}

// numbers is a sub-select of the integers of a JSON array.
func (tx *Tx) numbers(parameter string) string {
	return "(SELECT CAST(value AS bigint) FROM " + fmt.Sprintf(tx.ledger.dialect.texts, parameter) + ")"
}

// jsonText is a list as JSON; only numbers, texts and plain structs are ever given.
func jsonText(list any) string {
	b, err := json.Marshal(list)
	if err != nil {
		panic(err) // cannot be: see above
	}
	return string(b)
}
