package main

import (
	"fmt"

	"argen"
	"argen/model"
)

// tokens finds the tokens that the words of a flag mean.
func tokens(lm *model.LM, flag string, words []string) ([]argen.ID, error) {
	var ids []argen.ID
	for _, w := range words {
		id, err := argen.FindToken(lm.Tokenizer, w)
		if err != nil {
			return nil, fmt.Errorf("--%s: %w", flag, err)
		}
		ids = append(ids, id)
	}
	return ids, nil
}
