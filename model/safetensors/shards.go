package safetensors

import "slices"

// Shards returns the names of the files that an index lists, sorted, each once.
func Shards(index []byte) ([]string, error) {
	entries, err := parseIndex(index)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.shard)
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}
