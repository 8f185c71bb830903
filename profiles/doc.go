// Package profiles loads and checks what is known about partners: their profiles, with the mappings, code lists and
// connections that these use. It opens no connection.
//
// A home is a folder:
//
//	batchgate.yaml     ledger and archive of the home; may be missing
//	connections.yaml   connections that several profiles share: one shop, one owner; may be missing
//	profiles/*.yaml    one file for each partner
//	mappings/*.yaml    mappings; a file with several documents (---) gives each a name: key
//	codes/*.csv        code lists, two columns with the header ours;theirs; known by their file's name; or *.xlsx
//	data/              what batchgate keeps
//
// Settings stand in layers, defaults below the partner's below the flow's; [Flow.Origin] tells where an effective value
// came from. Faults come all at once, each with its file, line, source line and a way out. What decides the output of a
// profile is its [Profile.Bundle]; the hash of that is its version.
package profiles
