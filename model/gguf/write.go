package gguf

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"unicode/utf8"
)

// Write writes a file of version 3 with metadata and tensors in the order
// given. The alignment is 32, or what general.alignment says.
func Write(w io.Writer, meta Meta, tensors []Tensor) error {
	alignment := uint64(defaultAlignment)
	if a, ok := meta.Int(alignmentKey); ok && a > 0 {
		alignment = uint64(a)
	}
	if alignment&(alignment-1) != 0 || alignment > maxAlignment {
		return fmt.Errorf("%s is %d, want a power of two up to %d", alignmentKey, alignment, maxAlignment)
	}
	b := []byte(Magic)
	b = binary.LittleEndian.AppendUint32(b, version)
	b = binary.LittleEndian.AppendUint64(b, uint64(len(tensors)))
	b = binary.LittleEndian.AppendUint64(b, uint64(len(meta)))
	seen := map[string]bool{}
	for _, kv := range meta {
		if kv.Key == "" || seen[kv.Key] || !utf8.ValidString(kv.Key) {
			return fmt.Errorf("key %q: it is empty, not UTF-8, or there twice", kv.Key)
		}
		seen[kv.Key] = true
		var err error
		if b, err = appendValue(appendText(b, kv.Key), kv.Value); err != nil {
			return fmt.Errorf("key %q: %w", kv.Key, err)
		}
	}
	at := uint64(0)
	clear(seen)
	for _, t := range tensors {
		size, err := check(t, seen)
		if err != nil {
			return err
		}
		b = appendText(b, t.Name)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(t.Shape)))
		for i := len(t.Shape) - 1; i >= 0; i-- {
			b = binary.LittleEndian.AppendUint64(b, uint64(t.Shape[i]))
		}
		b = binary.LittleEndian.AppendUint32(b, uint32(t.Type))
		b = binary.LittleEndian.AppendUint64(b, at)
		at += size
		at += pad(at, alignment)
	}
	zeros := make([]byte, alignment)
	out := bufio.NewWriterSize(w, 1<<16) // keeps the first error for Flush
	_, _ = out.Write(b)
	_, _ = out.Write(zeros[:pad(uint64(len(b)), alignment)])
	for _, t := range tensors {
		if t.Make != nil {
			var err error
			if t.Data, err = t.Make(); err != nil {
				return err
			}
			t.Make = nil
			clear(seen)
			if _, err := check(t, seen); err != nil {
				return err
			}
		}
		if _, err := out.Write(t.Data); err != nil {
			return err
		}
		_, _ = out.Write(zeros[:pad(uint64(len(t.Data)), alignment)])
	}
	return out.Flush()
}

// check returns how many bytes a tensor has, or why it cannot be written after
// those seen.
func check(t Tensor, seen map[string]bool) (uint64, error) {
	if t.Name == "" || len(t.Name) > maxName || seen[t.Name] || !utf8.ValidString(t.Name) {
		return 0, fmt.Errorf("tensor %q: its name is not UTF-8 of 1 to %d bytes, or taken", t.Name, maxName)
	}
	seen[t.Name] = true
	if len(t.Shape) < 1 || len(t.Shape) > maxDims {
		return 0, fmt.Errorf("tensor %q: %d dimensions, want 1 to %d", t.Name, len(t.Shape), maxDims)
	}
	for _, d := range t.Shape {
		if d < 1 {
			return 0, fmt.Errorf("tensor %q: %d as a dimension", t.Name, d)
		}
	}
	size, says := t.Type.Bytes(t.Shape)
	switch {
	case says != "":
		return 0, fmt.Errorf("tensor %q: %s", t.Name, says)
	case t.Make == nil && size != uint64(len(t.Data)):
		return 0, fmt.Errorf("tensor %q: shape %v of %s needs %d bytes, it has %d", t.Name, t.Shape, t.Type, size, len(t.Data))
	}
	return size, nil
}

func appendText(b []byte, s string) []byte {
	return append(binary.LittleEndian.AppendUint64(b, uint64(len(s))), s...)
}

// appendValue appends the type of a value and the value.
func appendValue(b []byte, v any) ([]byte, error) {
	array := func(kind uint32, n int) {
		b = binary.LittleEndian.AppendUint32(b, kindArray)
		b = binary.LittleEndian.AppendUint32(b, kind)
		b = binary.LittleEndian.AppendUint64(b, uint64(n))
	}
	if r, ok := v.(raw); ok { // as it was
		if r.n == notArray {
			b = binary.LittleEndian.AppendUint32(b, r.kind)
			b = binary.LittleEndian.AppendUint64(b, uint64(len(r.data)))
		} else {
			array(r.kind, r.n)
		}
		return append(b, r.data...), nil
	}
	kind, n, ok := kindOf(v)
	switch {
	case !ok:
		return nil, fmt.Errorf("a value of type %T cannot be stored", v)
	case n < 0:
		b = binary.LittleEndian.AppendUint32(b, kind)
	default:
		array(kind, n)
	}
	switch v := v.(type) {
	case string:
		return appendText(b, v), nil
	case []string:
		for _, s := range v {
			b = appendText(b, s)
		}
		return b, nil
	}
	return binary.Append(b, binary.LittleEndian, v)
}

// kindOf returns the type of a value, and for a slice that of its elements and
// how many there are, otherwise -1.
func kindOf(v any) (kind uint32, n int, ok bool) {
	switch v := v.(type) {
	case uint8:
		return kindUint8, -1, true
	case int8:
		return kindInt8, -1, true
	case uint16:
		return kindUint16, -1, true
	case int16:
		return kindInt16, -1, true
	case uint32:
		return kindUint32, -1, true
	case int32:
		return kindInt32, -1, true
	case float32:
		return kindFloat32, -1, true
	case bool:
		return kindBool, -1, true
	case string:
		return kindString, -1, true
	case uint64:
		return kindUint64, -1, true
	case int64:
		return kindInt64, -1, true
	case float64:
		return kindFloat64, -1, true
	case []uint8:
		return kindUint8, len(v), true
	case []int8:
		return kindInt8, len(v), true
	case []uint16:
		return kindUint16, len(v), true
	case []int16:
		return kindInt16, len(v), true
	case []uint32:
		return kindUint32, len(v), true
	case []int32:
		return kindInt32, len(v), true
	case []float32:
		return kindFloat32, len(v), true
	case []bool:
		return kindBool, len(v), true
	case []string:
		return kindString, len(v), true
	case []uint64:
		return kindUint64, len(v), true
	case []int64:
		return kindInt64, len(v), true
	case []float64:
		return kindFloat64, len(v), true
	}
	return 0, 0, false
}
