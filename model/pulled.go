package model

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"argen/model/hub"
)

// openPulled opens a model that was fetched from a hub before. Nothing is
// fetched now.
func openPulled(ctx context.Context, ref string, o Options) (*LM, error) {
	r, err := hub.ParseRef(ref)
	if err != nil {
		return nil, err
	}
	found, err := hub.CacheFromEnv(os.Getenv).Find(r)
	if err != nil {
		return nil, err
	}
	lm, err := open(ctx, found.Path, o)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w; argen pull %s fetches what is missing", err, r)
	}
	return lm, err
}
