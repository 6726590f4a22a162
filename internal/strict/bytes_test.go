package strict

import (
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"testing"
)

// sample holds one field of each kind.
func sample() []byte {
	data := []byte{0xfe}
	data = binary.LittleEndian.AppendUint16(data, 0xfedc)
	data = binary.LittleEndian.AppendUint32(data, 0xfedcba98)
	data = binary.LittleEndian.AppendUint64(data, 0xfedcba9876543210)
	data = binary.LittleEndian.AppendUint32(data, math.Float32bits(-1.5))
	data = binary.LittleEndian.AppendUint64(data, math.Float64bits(math.Pi))
	return append(data, "rest"...)
}

// readSample reads the fields and returns them, those after an error zero.
func readSample(b *Bytes) (got [7]any, err error) {
	reads := []func() (any, error){
		func() (any, error) { return b.U8("a") },
		func() (any, error) { return b.U16("b") },
		func() (any, error) { return b.U32("c") },
		func() (any, error) { return b.U64("d") },
		func() (any, error) { return b.F32("e") },
		func() (any, error) { return b.F64("f") },
		func() (any, error) {
			p, err := b.Take("g", 4)
			return string(p), err
		},
	}
	for i, read := range reads {
		if got[i], err = read(); err != nil {
			return got, err
		}
	}
	return got, nil
}

func TestBytes(t *testing.T) {
	b := NewBytes("f.bin", sample())
	got, err := readSample(b)
	want := [7]any{uint8(0xfe), uint16(0xfedc), uint32(0xfedcba98), uint64(0xfedcba9876543210), float32(-1.5), math.Pi, "rest"}
	if err != nil || got != want || b.Remaining() != 0 || b.Offset() != 31 {
		t.Errorf("read %v, %v; %d left at %d", got, err, b.Remaining(), b.Offset())
	}
	if err := b.Errorf("g", "want %q", "best"); err.Error() != `f.bin: byte 27: g: want "best"` {
		t.Error(err)
	}
}

func TestBytesCutShort(t *testing.T) {
	starts := []int64{0, 1, 3, 7, 15, 19, 27, 31}
	for n := range sample() {
		b := NewBytes("f.bin", sample()[:n])
		_, err := readSample(b)
		k := 0
		for starts[k+1] <= int64(n) {
			k++
		}
		var e *Error
		if !errors.As(err, &e) || e.Offset != starts[k] || e.Field != string("abcdefg"[k]) || b.Offset() != starts[k] {
			t.Errorf("%d bytes: %v, at %d", n, err, b.Offset())
		}
	}
}

func TestTakeTooMuch(t *testing.T) {
	b := NewBytes("f.bin", make([]byte, 10))
	if _, err := b.U16("version"); err != nil {
		t.Fatal(err)
	}
	for _, n := range []uint64{9, math.MaxInt64, math.MaxUint64, math.MaxUint64 - 1} {
		if _, err := b.Take("name", n); err == nil {
			t.Errorf("%d bytes of 8 are taken", n)
		}
	}
	_, err := b.Take("name", 9)
	if want := "f.bin: byte 2: name: it needs 9 bytes and 8 are left: the file is cut short or this length is wrong"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	p, err := b.Take("name", 3)
	if err != nil || len(p) != 3 || cap(p) != 3 || b.Remaining() != 5 {
		t.Errorf("took %d bytes with room for %d, %v", len(p), cap(p), err)
	}
}

// A text from a file is shown in quotes, its first 80 bytes and no half letter.
func TestQuote(t *testing.T) {
	for text, want := range map[string]string{
		"a\x1b\"":                     `"a\x1b\""`,
		strings.Repeat("é", 40):       `"` + strings.Repeat("é", 40) + `"`,
		"a" + strings.Repeat("é", 40): `"a` + strings.Repeat("é", 39) + `"…`,
	} {
		if got := Quote(text); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}
