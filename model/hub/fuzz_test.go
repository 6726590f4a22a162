package hub

import (
	"strings"
	"testing"
)

// No list of files makes a panic or a hash that is none, and no name that is
// fetched leads out of the snapshot.
func FuzzInfo(f *testing.F) {
	commit := strings.Repeat("a", sha1Digits)
	f.Add([]byte(`{"sha":"`+commit+`","siblings":[{"rfilename":"m.gguf","size":3,"blobId":"`+commit+`"}]}`), "")
	f.Add([]byte(`{"sha":"`+commit+`","siblings":[{"rfilename":"a-00001-of-00002.gguf"},{"rfilename":"a-00002-of-00002.gguf","lfs":{"sha256":"`+commit[:24]+commit+`","size":9}}]}`), "a")
	f.Add([]byte(`{"sha":"`+commit+`","siblings":[{"rfilename":"config.json"},{"rfilename":"model.safetensors"},{"rfilename":"../x"}]}`), "")
	f.Fuzz(func(t *testing.T, data []byte, file string) {
		got, files, err := parseInfo("host", data)
		if err != nil {
			if got != "" || files != nil || strings.ContainsAny(err.Error(), "\n\x1b") {
				t.Errorf("%q, %d files, with the error %q", got, len(files), err)
			}
			return
		}
		if !isHex(got, sha1Digits) {
			t.Errorf("the commit is %q", got)
		}
		for _, one := range files {
			if one.Name == "" || one.Size < unknownSize || one.Hash != "" && !isHex(one.Hash, sha1Digits) && !isHex(one.Hash, sha256Digits) {
				t.Errorf("a file is %+v", one)
			}
		}
		want, err := choose(Ref{Repo: "o/n", File: file}, files)
		if err == nil && len(want.files) == 0 {
			t.Error("no file is chosen, and no error")
		}
	})
}

// A reference that is read prints as it was, and names nothing outside of its
// folders.
func FuzzParseRef(f *testing.F) {
	for _, seed := range []string{"hf:o/n", "hf:o/n@v1:d/x.gguf", "https://huggingface.co/o/n/blob/main/x", "hf:o/n@../x", "hf:a@b:c@d:e"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ParseRef(text)
		switch {
		case err != nil:
			if strings.ContainsAny(err.Error(), "\n\x1b") {
				t.Errorf("the error is %q", err)
			}
		case r.String() != text:
			t.Errorf("%q prints as %q", text, r)
		case repoOf(folderPrefix+strings.ReplaceAll(r.Repo, "/", "--")) != r.Repo:
			t.Errorf("%q is not read from its folder's name", r.Repo)
		default:
			for part := range strings.SplitSeq(r.Revision+"/"+r.File, "/") {
				if part == ".." {
					t.Errorf("%q leads out", text)
				}
			}
		}
	})
}
