package main

import (
	"context"
	"fmt"

	"argen"
	"argen/model"
)

// open opens the model that a user names.
func (a *app) open(ctx context.Context, ref string) (*model.LM, error) {
	lm, err := model.Open(ctx, ref, model.Options{})
	if err != nil && ref == a.env("ARGEN_MODEL") {
		err = fmt.Errorf("ARGEN_MODEL: %w", err)
	}
	return lm, err
}

// modelError names the model that an error is about, where there are several.
func modelError(refs []string, ref string, err error) error {
	if len(refs) == 1 {
		return err
	}
	return fmt.Errorf("%s: %w", argen.Visible(ref), err)
}

// A models keeps the models that a batch or several traces ask for open.
type models struct {
	a    *app
	open map[string]*model.LM
}

func (a *app) models() *models { return &models{a: a, open: map[string]*model.LM{}} }

func (m *models) get(ctx context.Context, ref string) (*model.LM, error) {
	if lm := m.open[ref]; lm != nil {
		return lm, nil
	}
	lm, err := m.a.open(ctx, ref)
	if err == nil {
		m.open[ref] = lm
	}
	return lm, err
}

func (m *models) close() {
	for _, lm := range m.open {
		lm.Close()
	}
}
