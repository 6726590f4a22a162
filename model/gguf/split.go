package gguf

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"

	"argen/internal/strict"
)

// A large model may be split into files that are named as these three are:
//
//	NAME-00001-of-00003.gguf  NAME-00002-of-00003.gguf  NAME-00003-of-00003.gguf
//
// Each says which it is, counted from 0, and of how many; the first has the
// metadata of the model. (llama.cpp, tools/gguf-split.)
const (
	keySplitNo      = "split.no"
	keySplitCount   = "split.count"
	keySplitTensors = "split.tensors.count"
)

// maxParts is how many files a model may be split into; five digits name them.
const maxParts = 99999

var partName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(.*-)(\d{5})(-of-(\d{5})\.gguf)$`) })

// PartOf takes the name of a part of a split model apart: the name of its first
// part, the number of this one, from 1, and how many there are.
func PartOf(name string) (first string, no, count int, ok bool) {
	m := partName().FindStringSubmatch(name)
	if m == nil {
		return "", 0, 0, false
	}
	no, _ = strconv.Atoi(m[2])
	count, _ = strconv.Atoi(m[4])
	return partAt(m, 1), no, count, no >= 1 && no <= count
}

// PartName is the name of a part, from 1, from that of any; it is name itself if that
// is no part.
func PartName(name string, no int) string {
	m := partName().FindStringSubmatch(name)
	if m == nil {
		return name
	}
	return partAt(m, no)
}

// partAt is the name of a part, from the name of another taken apart.
func partAt(m []string, no int) string { return fmt.Sprintf("%s%05d%s", m[1], no, m[3]) }

// part says which part of a model a file is, from 0, and of how many.
func (f *File) part(name string) (no, count int, err error) {
	if !f.Meta.Has(keySplitCount) {
		return 0, 1, nil
	}
	count, ok := f.Meta.Int(keySplitCount)
	if !ok || count > maxParts {
		return 0, 0, fmt.Errorf("%s: %s: %v is no number of files", name, keySplitCount, f.Meta.Value(keySplitCount))
	}
	if count <= 1 {
		return 0, 1, nil
	}
	no, ok = f.Meta.Int(keySplitNo)
	if !ok || no >= count {
		return 0, 0, fmt.Errorf("%s: %s: %v, want a number below %s, %d", name, keySplitNo, f.Meta.Value(keySplitNo), keySplitCount, count)
	}
	return no, count, nil
}

// whole opens the other parts of a model, if f, which was read from path, is one
// of several. The tensors are then those of all parts in order, the metadata that
// of the first. It takes f over.
func (f *File) whole(path string) (*File, error) {
	dir, name := filepath.Split(path)
	no, count, err := f.part(name)
	if count == 1 {
		return f, nil
	}
	all := &File{Version: f.Version, Parts: count, byName: map[string]int{}}
	fail := func(format string, args ...any) (*File, error) {
		return nil, errors.Join(fmt.Errorf(format, args...), all.Close(), f.Close())
	}
	if err != nil {
		return fail("%w", err)
	}
	if _, said, of, ok := PartOf(name); !ok || said != no+1 || of != count {
		return fail("%s: this is part %d of %d of a model, but its name does not end in -%05d-of-%05d.gguf, by which the others are found: rename it", name, no+1, count, no+1, count)
	}
	m := partName().FindStringSubmatch(name)
	for i := range count {
		part, its := f, partAt(m, i+1)
		if i != no {
			part, err = openOne(dir + its)
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return fail("%s: this is part %d of %d of a model, and %s is missing beside it: fetch that too", name, no+1, count, its)
			case err != nil:
				return fail("%w", err)
			}
		}
		all.files.Move(&part.files)
		is, of, err := part.part(its)
		switch {
		case err != nil:
			return fail("%w", err)
		case is != i || of != count:
			return fail("%s: by its metadata it is part %d of %d, by its name %d of %d: it belongs to another model, or was renamed", its, is+1, of, i+1, count)
		}
		if i == 0 {
			all.Meta = part.Meta
		}
		for _, t := range part.Tensors {
			if _, twice := all.byName[t.Name]; twice {
				return fail("%s: tensor %s is in an earlier part too", its, strict.Quote(t.Name))
			}
			all.byName[t.Name] = len(all.Tensors)
			all.Tensors = append(all.Tensors, t)
		}
	}
	if n, ok := all.Meta.Int(keySplitTensors); all.Meta.Has(keySplitTensors) && (!ok || n != len(all.Tensors)) {
		return fail("%s: %s is %v, but the %d parts have %d tensors: a part belongs to another model", partAt(m, 1), keySplitTensors, all.Meta.Value(keySplitTensors), count, len(all.Tensors))
	}
	return all, nil
}
