// Package transports picks up files from folders and places files in them, on a local disk or on a server.
//
// An [Endpoint] is what users of the package hold. It stands on a [driver.Conn], the small part that differs between
// protocols, and adds what is the same for all of them: natural order, names that nobody else picks up, size checks,
// numbered names where one is taken, the moment from which a change survives a power cut, and errors that say what to
// do. Names are paths below the endpoint's root with slashes on every system; nothing leads out of the root.
//
//	ep, err := transports.Open(ctx, transports.Options{Name: "erp", Transport: "local", Root: "/srv/erp"})
//	files, err := ep.List(ctx, "in", transports.Match{Include: []string{"ORD*.EDI"}})
//	err = ep.Claim(ctx, files[0].Path, ".batchgate/claim/"+files[0].Name)
//
// # Placing a file
//
// A file appears at its final name complete or not at all: [Endpoint.Stage] writes it under a temporary name (see
// [TempName]), [Endpoint.Publish] renames it and never replaces. After a crash between the two, Publish again: the
// temporary name is there and is renamed, or it is gone (driver.NotFound) and the file was placed before. Looking for
// the final name instead would place a file twice that was fetched in between.
//
// # What is durable
//
// When Stage, Publish, Move, WriteSmall, Remove and MakeDir return without an error, a power cut does not undo them, if
// [driver.Caps] says that the server can promise that. StageAll, PublishAll and MoveAll give the same promise for many
// files at the price of few syncs. Claim promises nothing: a claim that is lost leaves the file at its old name.
//
// # Our own names
//
// Names that begin with a dot are never listed as files to take. Our own are the folder [OwnFolder] of any folder, for
// claims and staging, and temporary names, which begin with a dot and end with [TempSuffix]. Folders inside OwnFolder are
// made as needed; a partner's folders are not, except by Move, which makes the dated folders it is told to use.
package transports
