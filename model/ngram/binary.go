package ngram

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"math"
	"slices"
	"unsafe"

	"argen"
	"argen/internal/mapped"
)

// BinaryMagic begins argen's own file of n-gram models. All numbers in it are
// little-endian, and the arrays stand as they are in memory, so that a mapped
// file needs no reading:
//
//	magic (8 bytes)  version  length of the header  length of the file (u64)
//	SHA-256 of all that follows (32 bytes)
//	order  flags  smoothing  V  <unk>  <s>  </s>  n-grams by order
//	slots of the index, where a search can start, factor of its hash; bytes of
//	the words, tokens and sentences of the text (u64)
//	meta: number of pairs, then each as length and bytes, twice
//	CRC-32 of the header up to here, zeros up to a multiple of 8
//	where each word ends (u32 each) │ words │ nodes │ leaves │ index
//	counts │ tokens of the text │ where each sentence ends (u32 each)
//
// with u32 where nothing is said. Each array begins at a multiple of 8.
const BinaryMagic = "argen-ng"

const (
	binaryVersion = 1
	hashFrom      = 8 + 4 + 4 + 8 + sha256.Size // where what is hashed begins
	maxHeader     = 1 << 20
	maxMeta       = 1 << 16 // bytes of a name or value
)

// Flags of a binary file.
const (
	flagFlat = 1 << iota
	flagScores
	flagCounts
	flagText
	flagIndex
	flagsKnown = 1<<iota - 1
)

// indexed is how many n-grams a model needs for its index to be stored: a
// small one is made again faster than its bytes are carried about.
const indexed = 1 << 19

// WriteBinary writes the model as a file for [Open]: all it knows, counts and
// text too if they were kept. The same model gives the same bytes.
func (m *Model) WriteBinary(w io.Writer) error {
	if m.level[m.order] < indexed {
		return m.writeBinary(w, nil)
	}
	return m.writeBinary(w, m.table().slots)
}

// writeBinary writes the model with these slots of the index, all or none.
func (m *Model) writeBinary(w io.Writer, slots []slot) error {
	head, err := m.header(slots)
	if err != nil {
		return err
	}
	hash := sha256.New()
	hash.Write(head[hashFrom:])
	if err := m.writeArrays(hash, slots); err != nil {
		return err
	}
	hash.Sum(head[:hashFrom-sha256.Size])
	out := bufio.NewWriterSize(w, 1<<16)
	if _, err := out.Write(head); err != nil {
		return fmt.Errorf("ngram: writing the binary file: %w", err)
	}
	if err := m.writeArrays(out, slots); err != nil {
		return fmt.Errorf("ngram: writing the binary file: %w", err)
	}
	return out.Flush()
}

// header returns the header with the hash left 0.
func (m *Model) header(slots []slot) ([]byte, error) {
	words := 0
	for _, w := range m.vocab.Words {
		words += len(w)
	}
	if uint64(words) > math.MaxUint32 {
		return nil, fmt.Errorf("ngram: %d bytes of words do not fit in the binary format", words)
	}
	flags := uint32(0)
	for i, set := range []bool{m.flat, m.scores, m.counts != nil, len(m.text.ends) > 0, slots != nil} {
		if set {
			flags |= 1 << i
		}
	}
	le := binary.LittleEndian
	b := append([]byte(BinaryMagic), make([]byte, hashFrom-len(BinaryMagic))...)
	for _, v := range []uint32{
		uint32(m.order), flags, uint32(slices.Index(Smoothings, m.smoothing) + 1), uint32(len(m.vocab.Words)),
		uint32(m.vocab.Unk), uint32(m.vocab.BOS), uint32(m.vocab.EOS),
	} {
		b = le.AppendUint32(b, v)
	}
	for _, n := range m.NGrams() {
		b = le.AppendUint32(b, uint32(n))
	}
	var size, factor uint64
	if slots != nil {
		size, factor = m.index.size, m.index.keys.factor
	}
	for _, n := range []uint64{uint64(len(slots)), size, factor, uint64(words), uint64(len(m.text.ids)), uint64(len(m.text.ends))} {
		b = le.AppendUint64(b, n)
	}
	b = le.AppendUint32(b, uint32(len(m.Meta)))
	for _, name := range slices.Sorted(maps.Keys(m.Meta)) {
		for _, s := range []string{name, m.Meta[name]} {
			if len(s) > maxMeta {
				return nil, fmt.Errorf("ngram: meta %.40q: %d bytes, at most %d fit", name, len(s), maxMeta)
			}
			b = le.AppendUint32(b, uint32(len(s)))
			b = append(b, s...)
		}
	}
	length := len(b) + 4
	length += -length & 7
	if length > maxHeader {
		return nil, fmt.Errorf("ngram: meta: %d bytes in all, at most %d fit", len(b), maxHeader)
	}
	le.PutUint32(b[8:], binaryVersion)
	le.PutUint32(b[12:], uint32(length))
	le.PutUint64(b[16:], uint64(length)+m.arraysSize(uint64(words), slots))
	b = le.AppendUint32(b, headerSum(b))
	return append(b, make([]byte, length-len(b))...), nil
}

// headerSum is the checksum of a header, without the hash of the file.
func headerSum(b []byte) uint32 {
	return crc32.Update(crc32.ChecksumIEEE(b[:hashFrom-sha256.Size]), crc32.IEEETable, b[hashFrom:])
}

// arraysSize is the number of bytes after the header.
func (m *Model) arraysSize(words uint64, slots []slot) (size uint64) {
	for _, n := range []uint64{
		4 * uint64(len(m.vocab.Words)), words, nodeSize * uint64(len(m.nodes)), leafSize * uint64(len(m.leaves)),
		slotSize * uint64(len(slots)), 4 * uint64(len(m.counts)), 4 * uint64(len(m.text.ids)), 4 * uint64(len(m.text.ends)),
	} {
		size += padded(n)
	}
	return size
}

func padded(n uint64) uint64 { return (n + 7) &^ 7 }

// Sizes of what stands in the arrays.
const (
	nodeSize = 16
	leafSize = 8
	slotSize = 8
)

// writeArrays writes what follows the header.
func (m *Model) writeArrays(w io.Writer, slots []slot) error {
	ends := make([]uint32, len(m.vocab.Words))
	blob, at := []byte(nil), 0
	for i, word := range m.vocab.Words {
		at += len(word)
		ends[i] = uint32(at)
		blob = append(blob, word...)
	}
	arrays := [][]byte{raw(ends), blob, raw(m.nodes), raw(m.leaves), raw(slots), raw(m.counts), raw(m.text.ids), raw(m.text.ends)}
	for _, a := range arrays {
		if _, err := w.Write(a); err != nil {
			return err
		}
		if _, err := w.Write(make([]byte, -len(a)&7)); err != nil {
			return err
		}
	}
	return nil
}

// elements of the arrays are numbers, or structs of numbers of one width.
type elements interface{ uint32 | node | leaf | slot }

// raw returns the bytes of a, little-endian. They may be a's own.
func raw[T elements](a []T) []byte {
	if len(a) == 0 {
		return nil
	}
	b := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(a))), len(a)*int(unsafe.Sizeof(a[0])))
	if mapped.LittleEndian {
		return b
	}
	return swapped(b, int(unsafe.Alignof(a[0])))
}

// swapped returns a copy of b with the bytes of each number reversed.
func swapped(b []byte, width int) []byte {
	c := bytes.Clone(b)
	for i := 0; i+width <= len(c); i += width {
		slices.Reverse(c[i : i+width])
	}
	return c
}

// Verify compares the content of a binary file, read from r, with the SHA-256
// it holds.
func Verify(name string, r io.Reader) error {
	head := make([]byte, hashFrom)
	if _, err := io.ReadFull(r, head); err != nil {
		return fmt.Errorf("%s: reading: %w", name, err)
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, r); err != nil {
		return fmt.Errorf("%s: reading: %w", name, err)
	}
	if want, got := head[hashFrom-sha256.Size:], hash.Sum(nil); !bytes.Equal(want, got) {
		return fmt.Errorf("%s: its SHA-256 is %s, it should be %s: the file is damaged, make or fetch it again", name, hex.EncodeToString(got), hex.EncodeToString(want))
	}
	return nil
}

// id32 turns a stored id into an ID; all ones is NoID.
func id32(v uint32) argen.ID { return argen.ID(int32(v)) }
