//go:build !linux

package local_test

import "testing"

func protect(t testing.TB, _, _ string) {
	t.Skip("needs Linux: other systems' rights are not modes")
}
