package gateway

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"
)

func bytesOf(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * i >> 7)
	}
	return b
}

func TestBothReadersOfARelaySeeTheSameBytes(t *testing.T) {
	for _, size := range []int{0, 1, relayChunk, relayChunk + 1, 9*relayChunk + 17} {
		want := bytesOf(size)
		through := newRelay(io.NopCloser(bytes.NewReader(want)))
		second, err := through.second()
		if err != nil {
			t.Fatal(err)
		}
		got := make(chan []byte)
		go func() {
			b, err := io.ReadAll(second)
			if err != nil {
				t.Error(err)
			}
			got <- b
		}()
		first, err := io.ReadAll(through)
		if err != nil || !bytes.Equal(first, want) || !bytes.Equal(<-got, want) {
			t.Errorf("%d bytes did not go through: %v", size, err)
		}
	}
}

func TestTheFirstReaderOfARelayDoesNotWaitForOneWhoLeft(t *testing.T) {
	want := bytesOf(9 * relayChunk)
	through := newRelay(io.NopCloser(bytes.NewReader(want)))
	second, err := through.second()
	if err != nil {
		t.Fatal(err)
	}
	left := make(chan struct{})
	go func() {
		defer close(left)
		_, _ = io.ReadFull(second, make([]byte, relayChunk/2))
		_ = second.Close()
	}()
	if got, err := io.ReadAll(through); err != nil || !bytes.Equal(got, want) {
		t.Error(err)
	}
	<-left
	if _, err := through.second(); err == nil {
		t.Error("a second reader begins in the middle")
	}
}

// What the archive could not take to its end must not look complete to the one who reads ahead.
func TestAnEndThatWasNotSeenIsNoEnd(t *testing.T) {
	broken := errors.New("line lost")
	through := newRelay(io.NopCloser(io.MultiReader(bytes.NewReader(bytesOf(1000)), iotest.ErrReader(broken))))
	second, err := through.second()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(through); !errors.Is(err, broken) {
		t.Fatal(err)
	}
	_ = through.Close()
	if got, err := io.ReadAll(second); len(got) != 1000 || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}
