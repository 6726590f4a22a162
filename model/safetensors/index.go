package safetensors

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"argen/internal/mapped"
	"argen/internal/strict"
)

// The names of a model's weights in its folder: whole, or the list of the files
// that they were cut into (shards).
const (
	WeightsFile = "model.safetensors"
	IndexFile   = "model.safetensors.index.json"
)

// maxIndex is the largest index that is read, in bytes.
const maxIndex = maxHeader

// OpenFolder opens the weights of a model's folder, which are whole or cut into
// shards. Shards are opened from within the folder only, whatever the index or
// a link says.
func OpenFolder(dir string) (*File, error) {
	f, err := Open(filepath.Join(dir, WeightsFile))
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	root, err := openFolder(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	data, err := readIndex(root)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is neither %s nor %s in the folder", WeightsFile, IndexFile)
	}
	if err != nil {
		return nil, err
	}
	index, err := parseIndex(data)
	if err != nil {
		return nil, err
	}
	return openShards(root, index)
}

func readIndex(root *folder) ([]byte, error) {
	info, err := root.Stat(IndexFile)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: no regular file", IndexFile)
	case info.Size() > maxIndex:
		return nil, fmt.Errorf("%s: larger than %d bytes", IndexFile, maxIndex)
	}
	file, err := root.Open(IndexFile)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxIndex))
}

// An entry says in which shard a tensor is.
type entry struct{ tensor, shard string }

// parseIndex reads the index of a model that is cut into shards.
func parseIndex(data []byte) (index []entry, err error) {
	if says := strict.Foreign(data); says != "" {
		return nil, &strict.Error{File: IndexFile, Offset: 0, Msg: says}
	}
	j := strict.NewJSON(IndexFile, data, 64)
	found := false
	err = j.Object(func(member string) error {
		if member != "weight_map" {
			return j.Skip()
		}
		found = true
		return j.Object(func(name string) error {
			shard, err := j.String()
			if err != nil {
				return err
			}
			if !isName(shard) {
				return j.Errorf("the shard %s of tensor %s is no name of a file in this folder", strict.Quote(shard), strict.Quote(name))
			}
			index = append(index, entry{name, shard})
			return nil
		})
	})
	if err == nil {
		err = j.End()
	}
	if err == nil && !found {
		err = j.Errorf("weight_map is missing")
	}
	return index, err
}

// isName reports whether s is the name of a file and nothing more, on any
// system: no path, no drive, no device.
func isName(s string) bool {
	return s != "." && filepath.IsLocal(s) && !strings.ContainsAny(s, "/\\:\x00") && len(s) <= 255
}

// openShards opens the files of an index and takes from each the tensors that
// the index says it has.
func openShards(root *folder, index []entry) (f *File, err error) {
	f = &File{}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close())
			f = nil
		}
	}()
	slices.SortFunc(index, func(a, b entry) int { return strings.Compare(a.shard, b.shard) })
	for len(index) > 0 {
		name := index[0].shard
		n := 1
		for n < len(index) && index[n].shard == name {
			n++
		}
		shard, err := openShard(root, name)
		if err != nil {
			return f, err
		}
		f.files.Move(&shard.files)
		for _, e := range index[:n] {
			t, ok := shard.Tensor(e.tensor)
			if !ok {
				return f, fmt.Errorf("%s: weight_map: tensor %s is missing from its shard %s", IndexFile, strict.Quote(e.tensor), strict.Quote(name))
			}
			f.tensors = append(f.tensors, *t)
		}
		index = index[n:]
	}
	slices.SortFunc(f.tensors, func(a, b Tensor) int { return strings.Compare(a.Name, b.Name) })
	return f, nil
}

func openShard(root *folder, name string) (*File, error) {
	info, err := root.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: the shard %s is missing from the folder: fetch it again", IndexFile, strict.Quote(name))
	case err != nil:
		return nil, fmt.Errorf("%s: the shard %s cannot be opened within the folder: %w", IndexFile, strict.Quote(name), err)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: the shard %s is no regular file", IndexFile, strict.Quote(name))
	}
	file, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close() // read only
	data, unmap, err := mapped.File(file)
	if err != nil {
		return nil, fmt.Errorf("%s: the shard %s: %w", IndexFile, strict.Quote(name), err)
	}
	return read(name, data, unmap)
}
