// Package shopware connects flows with a Shopware 6 shop by its Admin API: orders come out of it, stock and shipments go
// into it.
//
// The calls were checked against the vendor's API document and the project's own sandbox, not against a live shop.
package shopware
