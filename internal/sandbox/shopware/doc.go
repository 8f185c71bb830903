// Package shopware is a sandbox shop: an in-memory simulator of the Admin API of Shopware 6.6 and 6.7 for rehearsals,
// demonstrations and tests of the connector. It answers over HTTP as a shop does, and keeps a [Shop.Journal] of every
// request and what it changed.
//
// It is stricter than a shop where strictness finds mistakes: members that the vendor's schema does not name, another
// version than the live one and answers in JSON:API are refused. Error codes that start with SANDBOX__ are its own;
// all others are the shop's.
//
// Built: tokens and their back-off, privileges, sync, search and search-ids with filters, sorts and associations,
// reading and writing of single entities, state machines with history and mails, stock by orders, indexing by queue,
// faults on demand, a settable clock. Not built, and answered with 501: documents, media, aggregations, captures and
// refunds, apps and webhooks, the Commercial extension.
//
// The tables of entities, fields and states are data (entities.txt, states.txt) made from the vendor's documents by
// the command in generate.
package shopware

//go:generate go run ./generate
