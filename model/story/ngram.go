package story

import (
	_ "embed"
	"sync"

	"argen/model/ngram"
)

//go:generate go run ngram_generate.go

//go:embed story.ngram
var ngramFile []byte

// NGram returns the embedded n-gram model of the stories, story-ngram: order
// 5, interpolated modified Kneser–Ney, learnt from 21,600 of them. Its ids are
// those of the grammar's vocabulary; it is opened when first asked for.
var NGram = sync.OnceValues(func() (*ngram.Model, error) {
	m, err := ngram.OpenBytes("story.ngram", ngramFile)
	if err != nil {
		return nil, err
	}
	m.Ref = "story-ngram"
	return m, nil
})
