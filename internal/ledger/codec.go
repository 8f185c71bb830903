package ledger

import (
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// codec packs bytes that stand in the database. Packed bytes start with how they are packed.
type codec struct {
	pack   *zstd.Encoder
	unpack *zstd.Decoder
}

const (
	packedPlain = 0
	packedZstd  = 1
	// minPack is the size below which packing gains little for what it costs: of short messages a quarter, in the time of
	// writing two rows.
	minPack = 1024
	// maxUnpacked bounds what a damaged row can make us allocate.
	maxUnpacked = 1 << 30
)

func newCodec() (*codec, error) {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(2),
		zstd.WithWindowSize(1<<17), zstd.WithEncoderCRC(false))
	if err != nil {
		return nil, err
	}
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxMemory(maxUnpacked))
	if err != nil {
		return nil, err
	}
	return &codec{pack: e, unpack: d}, nil
}

func (c *codec) close() {
	_ = c.pack.Close()
	c.unpack.Close()
}

func (c *codec) encode(data []byte) []byte {
	if len(data) >= minPack {
		out := make([]byte, 1, len(data)+1)
		out[0] = packedZstd
		if out = c.pack.EncodeAll(data, out); len(out) <= len(data) {
			return out
		}
	}
	out := make([]byte, len(data)+1)
	out[0] = packedPlain
	copy(out[1:], data)
	return out
}

func (c *codec) decode(packed []byte) ([]byte, error) {
	if len(packed) == 0 {
		return nil, nil
	}
	switch packed[0] {
	case packedPlain:
		return packed[1:], nil
	case packedZstd:
		data, err := c.unpack.DecodeAll(packed[1:], nil)
		if err != nil {
			return nil, fmt.Errorf("%w: unpacking stored bytes: %w", ErrDamaged, err)
		}
		return data, nil
	}
	return nil, fmt.Errorf("%w: stored bytes are packed in an unknown way (%d)", ErrDamaged, packed[0])
}
