package hub

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"argen/model/gguf"
	"argen/model/paths"
	"argen/model/safetensors"
)

// A File is one of a repository.
type File struct {
	Name    string `json:"name"` // with folders, divided by /
	Size    int64  `json:"bytes"`
	Hash    string `json:"hash,omitempty"` // SHA-256 or, of 40 digits, the SHA-1 that git computes
	Fetched int64  `json:"fetched_bytes"`  // what of it was fetched now
}

// A choice is which files of a repository make a model.
type choice struct {
	open  string // what is opened: a file, or "" for the folder
	files []File
	index string // the file that lists the shards, which belong to it too
}

// maxIndex is the largest index that is read, in bytes.
const maxIndex = 100_000_000

// companions are read beside the weights of a folder, where they are there: by
// argen, or by whoever opens the same folder with transformers.
var companions = []string{"generation_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"}

// isCompanion reports whether a file belongs to the weights beside it.
func isCompanion(name string) bool {
	return slices.Contains(companions, name) || strings.HasPrefix(name, "chat_template.") && !strings.Contains(name, "/")
}

// configFile is there in the folder of every model of transformers.
const configFile = "config.json"

// choose picks the files that a reference means.
func choose(r Ref, files []File) (choice, error) {
	if r.File != "" {
		return chooseFile(r, files)
	}
	weights := find(files, safetensors.WeightsFile)
	index := find(files, safetensors.IndexFile)
	if weights == nil && index == nil {
		return chooseGGUF(r, files)
	}
	config := find(files, configFile)
	if config == nil {
		return choice{}, fmt.Errorf("there is no %s beside %s", configFile, safetensors.WeightsFile)
	}
	c := choice{files: []File{*config}}
	for _, f := range files {
		if isCompanion(f.Name) {
			c.files = append(c.files, f)
		}
	}
	if weights != nil {
		c.files = append(c.files, *weights)
	} else {
		c.files = append(c.files, *index)
		c.index = index.Name
	}
	return c, nil
}

// addShards adds the files that an index lists.
func (c *choice) addShards(index []byte, files []File) error {
	shards, err := safetensors.Shards(index)
	if err != nil {
		return err
	}
	for _, name := range shards {
		f := find(files, name)
		if f == nil {
			return fmt.Errorf("%s lists %s, which is missing", c.index, paths.Quote(name))
		}
		c.files = append(c.files, *f)
	}
	return nil
}

// chooseFile picks the file that is named, with the other parts if it is one of
// several. In place of the name of a GGUF file what tells it from the others is
// enough: Q4_K_M.
func chooseFile(r Ref, files []File) (choice, error) {
	if f := find(files, r.File); f != nil {
		return parts(*f, files)
	}
	var like []File
	for _, f := range ggufs(files) {
		if hasWord(f.Name, r.File) {
			like = append(like, f)
		}
	}
	switch len(like) {
	case 0:
		return choice{}, fmt.Errorf("the repository has no file %s%s", paths.Quote(r.File), listed(", but ", ggufs(files)))
	case 1:
		return parts(like[0], files)
	}
	return choice{}, fmt.Errorf("%s may be %d files: name one of them%s", paths.Quote(r.File), len(like), listed(": ", like))
}

// chooseGGUF picks the only model of a repository of GGUF files.
func chooseGGUF(r Ref, files []File) (choice, error) {
	models := ggufs(files)
	switch len(models) {
	case 0:
		for _, f := range files {
			if strings.HasSuffix(f.Name, ".bin") || strings.HasSuffix(f.Name, ".pt") || strings.HasSuffix(f.Name, ".pth") {
				return choice{}, fmt.Errorf("the repository has no safetensors and no GGUF file, and argen does not read PyTorch's (%s), which can run code", paths.Quote(f.Name))
			}
		}
		return choice{}, fmt.Errorf("the repository has no model that argen reads: neither %s nor a GGUF file", safetensors.WeightsFile)
	case 1:
		return parts(models[0], files)
	}
	return choice{}, fmt.Errorf("the repository has %d models: name one, %s%s", len(models), Ref{r.Repo, r.Revision, "FILE"}, listed(", FILE being ", models))
}

// ggufs lists the models among files: GGUF files that hold a whole model or the
// first part of one, with the size of all parts. Those with which llama.cpp sees
// or measures are no models.
func ggufs(files []File) []File {
	var list []File
	for _, f := range files {
		name := strings.ToLower(path.Base(f.Name))
		if !strings.HasSuffix(name, ".gguf") || strings.Contains(name, "mmproj") || strings.Contains(name, "imatrix") {
			continue
		}
		if _, part, _, _ := gguf.PartOf(f.Name); part > 1 {
			continue
		}
		if c, err := parts(f, files); err == nil {
			f.Size = 0
			for _, part := range c.files {
				f.Size += part.Size
			}
		}
		list = append(list, f)
	}
	return list
}

// parts is the choice of a file with all parts of the same model; the first is
// opened.
func parts(f File, files []File) (choice, error) {
	_, _, of, ok := gguf.PartOf(f.Name)
	if of == 0 {
		return choice{open: f.Name, files: []File{f}}, nil
	}
	var c choice
	for i := 1; i <= of && ok; i++ {
		name := gguf.PartName(f.Name, i)
		part := find(files, name)
		if part == nil {
			return c, fmt.Errorf("%s is missing, a part of the same model as %s", paths.Quote(name), paths.Quote(f.Name))
		}
		c.files = append(c.files, *part)
	}
	if len(c.files) == 0 {
		return c, fmt.Errorf("%s is a part of no model", paths.Quote(f.Name))
	}
	c.open = c.files[0].Name
	return c, nil
}

// hasWord reports whether a file's name holds word between marks, whatever the
// case of letters: Q4_0 is in a-Q4_0.gguf, not in a-Q4_0_4_4.gguf.
func hasWord(name, word string) bool {
	name, word = strings.ToLower(name), strings.ToLower(word)
	inside := func(c byte) bool {
		return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z'
	}
	for from := 0; ; {
		i := strings.Index(name[from:], word)
		if i < 0 {
			return false
		}
		begin, end := from+i, from+i+len(word)
		if (begin == 0 || !inside(name[begin-1])) && (end == len(name) || !inside(name[end])) {
			return true
		}
		from = begin + 1
	}
}

// listed lists files with their sizes after intro, "" if there are none.
func listed(intro string, files []File) string {
	if len(files) == 0 {
		return ""
	}
	const most = 30
	var list []string
	for _, f := range files[:min(len(files), most)] {
		text := paths.Short(f.Name)
		if f.Size > 0 {
			text += " (" + sizeText(f.Size) + ")"
		}
		list = append(list, text)
	}
	if len(files) > most {
		list = append(list, fmt.Sprintf("%d more", len(files)-most))
	}
	return intro + strings.Join(list, ", ")
}

// find returns the file of a name, nil if there is none.
func find(files []File, name string) *File {
	if i := slices.IndexFunc(files, func(f File) bool { return f.Name == name }); i >= 0 {
		return &files[i]
	}
	return nil
}
