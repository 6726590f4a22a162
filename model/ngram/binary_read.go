package ngram

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"unsafe"

	"argen"
	"argen/internal/mapped"
	"argen/internal/strict"
)

// Open opens a file that [Model.WriteBinary] wrote. It is mapped into memory,
// not read; close the model after its last use.
func Open(path string) (*Model, error) {
	data, unmap, err := mapped.Open(path)
	if err != nil {
		return nil, err
	}
	m, err := OpenBytes(path, data)
	if err != nil {
		return nil, errors.Join(err, unmap())
	}
	m.unmap = unmap
	return m, nil
}

// Close releases the file of a model from [Open]; the model must not be used
// after that. For other models it does nothing.
func (m *Model) Close() error {
	unmap := m.unmap
	m.unmap = nil
	if unmap == nil {
		return nil
	}
	return unmap()
}

// OpenBytes opens a binary file that is in memory already; name stands in its
// errors, which are [*strict.Error]. The model holds on to data. All that a
// look-up goes by is checked, so that no file can lead it astray; whether
// the numbers are those that were written is for [Verify] to say.
func OpenBytes(name string, data []byte) (*Model, error) {
	r := &binaryReader{Bytes: strict.NewBytes(name, data), m: &Model{}, data: data}
	if err := r.header(); err != nil {
		return nil, err
	}
	if err := r.arrays(); err != nil {
		return nil, err
	}
	if err := r.check(); err != nil {
		return nil, err
	}
	r.m.indexed.Store(r.m.index.slots != nil)
	r.m.ready()
	return r.m, nil
}

type binaryReader struct {
	*strict.Bytes
	m     *Model
	data  []byte
	flags uint32
	v     uint64 // words
	// Elements of the arrays.
	slots, starts, factor, words, tokens, sentences uint64
	// Where arrays begin.
	nodesAt, leavesAt, indexAt, textAt, endsAt int64
}

// header reads the header.
func (r *binaryReader) header() error {
	magic, err := r.Take("magic", uint64(min(len(r.data), len(BinaryMagic))))
	if err != nil {
		return err
	}
	if string(magic) != BinaryMagic {
		if says := strict.Foreign(r.data); says != "" {
			return r.Errorf("magic", "%s", says)
		}
		return r.Errorf("magic", "expected %q, found %s: this is no n-gram model of argen", BinaryMagic, show(magic))
	}
	version, err := r.U32("version")
	switch {
	case err != nil:
		return err
	case version != binaryVersion:
		return r.Errorf("version", "%d: this program reads %d, make the file again", version, binaryVersion)
	}
	size, err := r.U32("length of the header")
	switch {
	case err != nil:
		return err
	case size < hashFrom+4 || size%8 != 0 || size > maxHeader:
		return r.Errorf("length of the header", "%d: expected a multiple of 8 from %d to %d", size, hashFrom+8, maxHeader)
	}
	whole, err := r.U64("length of the file")
	switch {
	case err != nil:
		return err
	case whole != uint64(len(r.data)):
		return r.Errorf("length of the file", "%d bytes were written, %d are here: the file is cut short or has grown", whole, len(r.data))
	}
	hash, err := r.Take("SHA-256", 32)
	if err != nil {
		return err
	}
	r.m.sha256 = hex.EncodeToString(hash)
	rest, err := r.Take("header", uint64(size)-hashFrom)
	if err != nil {
		return err
	}
	return r.fields(strict.NewBytes("", rest), int(size))
}

// fields reads the header's fields from h, which knows neither the file nor
// the place.
func (r *binaryReader) fields(h *strict.Bytes, size int) error {
	at := func(err error) error {
		var e *strict.Error
		if errors.As(err, &e) && e.File == "" {
			return r.at(hashFrom+e.Offset, e.Field, "%s", e.Msg)
		}
		return err
	}
	var err error
	u32 := func(field string) (v uint32) {
		if err == nil {
			v, err = h.U32(field)
		}
		return v
	}
	u64 := func(field string) (v uint64) {
		if err == nil {
			v, err = h.U64(field)
		}
		return v
	}
	order := u32("order")
	if err == nil && (order < 1 || order > MaxOrder) {
		err = h.Errorf("order", "%d: expected 1 to %d", order, MaxOrder)
	}
	r.flags = u32("flags")
	if err == nil && r.flags&^flagsKnown != 0 {
		err = h.Errorf("flags", "%#x: this program knows %#x only", r.flags, uint32(flagsKnown))
	}
	s := u32("smoothing")
	switch {
	case err == nil && s > uint32(len(Smoothings)):
		err = h.Errorf("smoothing", "%d: expected 0 to %d", s, len(Smoothings))
	case s > 0:
		r.m.smoothing = Smoothings[s-1]
	}
	if r.v = uint64(u32("vocabulary")); err == nil && (r.v == 0 || r.v > maxVocab) {
		err = h.Errorf("vocabulary", "%d words: expected 1 to %d", r.v, maxVocab)
	}
	for _, id := range []struct {
		field string
		dst   *argen.ID
	}{{"<unk>", &r.m.vocab.Unk}, {"<s>", &r.m.vocab.BOS}, {"</s>", &r.m.vocab.EOS}} {
		if *id.dst = id32(u32(id.field)); err == nil && (*id.dst < argen.NoID || int64(*id.dst) >= int64(r.v)) {
			err = h.Errorf(id.field, "id %d is not in the vocabulary of %d", *id.dst, r.v)
		}
	}
	r.m.order, r.m.level = int(order), []uint32{0}
	for k := 0; err == nil && k < int(order); k++ {
		field := fmt.Sprintf("%d-grams", k+1)
		n, last := u32(field), r.m.level[k]
		switch {
		case err != nil:
		case uint64(last)+uint64(n) >= math.MaxUint32:
			err = h.Errorf(field, "%d: more than 2^32 n-grams", n)
		case k == 0 && uint64(n) != r.v:
			err = h.Errorf(field, "%d for %d words", n, r.v)
		}
		r.m.level = append(r.m.level, last+n)
	}
	r.slots, r.starts, r.factor, r.words, r.tokens, r.sentences = u64("slots"), u64("starts"), u64("factor"), u64("words"), u64("tokens"), u64("sentences")
	if err == nil {
		err = r.meta(h)
	}
	used := int(h.Offset())
	if sum := u32("checksum"); err == nil && sum != headerSum(r.data[:hashFrom+used]) {
		err = h.Errorf("checksum", "the header is damaged: make or fetch the file again")
	}
	if err == nil && hashFrom+used+4+7 < size {
		err = h.Errorf("checksum", "%d bytes of the header are left over", size-hashFrom-used-4)
	}
	return at(err)
}

func (r *binaryReader) meta(h *strict.Bytes) error {
	n, err := h.U32("meta")
	if err != nil {
		return err
	}
	var pair [2]string
	for ; n > 0; n-- {
		for i := range pair {
			size, err := h.U32("meta")
			if err != nil {
				return err
			}
			if size > maxMeta {
				return h.Errorf("meta", "%d bytes, at most %d are allowed", size, maxMeta)
			}
			text, err := h.Take("meta", uint64(size))
			if err != nil {
				return err
			}
			pair[i] = string(text)
		}
		if r.m.Meta == nil {
			r.m.Meta = make(map[string]string)
		}
		if _, twice := r.m.Meta[pair[0]]; twice {
			return h.Errorf("meta", "%s stands twice", show([]byte(pair[0])))
		}
		r.m.Meta[pair[0]] = pair[1]
	}
	return nil
}

// at is an error at a byte of the file.
func (r *binaryReader) at(offset int64, field, format string, args ...any) error {
	return &strict.Error{File: r.name(), Offset: offset, Field: field, Msg: fmt.Sprintf(format, args...)}
}

func (r *binaryReader) name() string {
	var e *strict.Error
	errors.As(r.Errorf("", ""), &e)
	return e.File
}

// arrays takes the arrays from the file.
func (r *binaryReader) arrays() error {
	m := r.m
	has := func(flag uint32, n uint64) uint64 {
		if r.flags&flag == 0 {
			return 0
		}
		return n
	}
	m.flat, m.scores = r.flags&flagFlat != 0, r.flags&flagScores != 0
	total, highest := uint64(m.level[m.order]), uint64(m.level[max(m.order-1, 1)])
	ends, err := take[uint32](r, "ends of words", r.v)
	if err != nil {
		return err
	}
	if err := r.vocabulary(ends); err != nil {
		return err
	}
	r.nodesAt = r.Offset()
	if m.nodes, err = take[node](r, "nodes", highest+1); err != nil {
		return err
	}
	r.leavesAt = r.Offset()
	if m.leaves, err = take[leaf](r, "leaves", total-highest); err != nil {
		return err
	}
	r.indexAt = r.Offset()
	slots, err := take[slot](r, "index", has(flagIndex, r.slots))
	if err != nil {
		return err
	}
	m.index = index{slots: slots, size: r.starts, keys: keysFor(uint32(highest), uint32(r.v), r.factor)}
	if m.counts, err = take[uint32](r, "counts", has(flagCounts, total)); err != nil {
		return err
	}
	r.textAt = r.Offset()
	if m.text.ids, err = take[uint32](r, "text", has(flagText, r.tokens)); err != nil {
		return err
	}
	r.endsAt = r.Offset()
	if m.text.ends, err = take[uint32](r, "sentences", has(flagText, r.sentences)); err != nil {
		return err
	}
	if n := r.Remaining(); n > 0 {
		return r.at(r.Offset(), "end", "%d bytes are left over", n)
	}
	return nil
}

// vocabulary reads the words. They are copied: whoever gets hold of one may
// keep it after the file is closed.
func (r *binaryReader) vocabulary(ends []uint32) error {
	start := r.Offset()
	b, err := r.Take("words", padded(r.words)) // near 2^64 it is 0 and the check of ends fails
	if err != nil {
		return err
	}
	text := string(b[:min(r.words, uint64(len(b)))])
	words := make([]string, len(ends))
	from := uint32(0)
	for i, to := range ends {
		if to < from || uint64(to) > uint64(len(text)) {
			return r.at(start, "words", "word %d ends at %d: expected %d to %d", i, to, from, len(text))
		}
		words[i] = text[from:to]
		from = to
	}
	if uint64(from) != r.words {
		return r.at(start, "words", "%d bytes are left over", r.words-uint64(from))
	}
	r.m.vocab.Words = words
	return nil
}

// take returns the next n elements. They are the bytes of the file if these
// stand as in memory.
func take[T elements](r *binaryReader, field string, n uint64) ([]T, error) {
	size := uint64(unsafe.Sizeof(*new(T)))
	if n > r.Remaining()/size {
		return nil, r.at(r.Offset(), field, "%d elements of %d bytes do not fit in the %d bytes that are left", n, size, r.Remaining())
	}
	b, err := r.Take(field, padded(n*size))
	if err != nil || n == 0 {
		return nil, err
	}
	b = b[:n*size]
	width := unsafe.Alignof(*new(T))
	if !mapped.LittleEndian {
		b = swapped(b, int(width))
	}
	if p := unsafe.Pointer(unsafe.SliceData(b)); uintptr(p)%width == 0 {
		return unsafe.Slice((*T)(p), n), nil
	}
	a := make([]T, n)
	copy(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(a))), len(b)), b)
	return a, nil
}
