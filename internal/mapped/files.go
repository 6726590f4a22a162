package mapped

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"slices"
)

// LittleEndian reports whether numbers lie in memory as they do in the files that
// are mapped, so that they can be used where they are.
var LittleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// Files are the bytes of the files that one thing is read from, mapped or not.
type Files struct {
	data  [][]byte
	unmap []func() error
}

// Add adds the bytes of a file.
func (f *Files) Add(data []byte) { f.data = append(f.data, data) }

// OnClose adds what gives a file back.
func (f *Files) OnClose(unmap func() error) { f.unmap = append(f.unmap, unmap) }

// Move adds the files of another, which has none after that.
func (f *Files) Move(other *Files) {
	f.data, f.unmap = append(f.data, other.data...), append(f.unmap, other.unmap...)
	*other = Files{}
}

// SHA256 returns the hash of the files in hex, one after the other.
func (f *Files) SHA256() string {
	h := sha256.New()
	for _, data := range f.data {
		for part := range slices.Chunk(data, 1<<20) {
			h.Write(part)
			Forget(part) // what is needed of it comes back by itself
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Size is the number of bytes of the files.
func (f *Files) Size() int64 {
	n := int64(0)
	for _, data := range f.data {
		n += int64(len(data))
	}
	return n
}

// Close gives the files back; their bytes must not be used after that.
func (f *Files) Close() error {
	var errs []error
	for _, unmap := range f.unmap {
		errs = append(errs, unmap())
	}
	f.unmap = nil
	return errors.Join(errs...)
}
