package main

import (
	"context"
	"fmt"

	"argen"
	"argen/model"
)

// open opens the model that a user names, and says so where it cannot have the
// context that the command line asks for.
func (a *app) open(ctx context.Context, ref string) (*model.LM, error) {
	lm, err := a.openRef(ctx, ref)
	if asked := a.engine.Context; err == nil && asked > 0 {
		switch most := lm.Model.Info().ContextLength; {
		case most == 0:
			a.hint("--context %d changes nothing: %s has no longest context", asked, argen.Visible(ref))
		case most < asked:
			a.hint("--context %d: the context of %s has %s, which is the most", asked, argen.Visible(ref), count(most, "token"))
		}
	}
	return lm, err
}

// openRef opens the model that a user or a trace names.
func (a *app) openRef(ctx context.Context, ref string) (*model.LM, error) {
	lm, err := model.Open(ctx, ref, a.engine)
	if err != nil && ref != "" && ref == a.env("ARGEN_MODEL") {
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
	a      *app
	logged bool // the context is that of a trace: nobody asked for it
	open   map[openModel]*model.LM
}

// An openModel is a model and how it is computed.
type openModel struct {
	ref    string
	engine model.Options
}

func (a *app) models() *models { return &models{a: a, open: map[openModel]*model.LM{}} }

func (m *models) get(ctx context.Context, ref string) (*model.LM, error) {
	key := openModel{ref, m.a.engine}
	if lm := m.open[key]; lm != nil {
		return lm, nil
	}
	open := m.a.open
	if m.logged {
		open = m.a.openRef
	}
	lm, err := open(ctx, ref)
	if err == nil {
		m.open[key] = lm
	}
	return lm, err
}

func (m *models) close() {
	for _, lm := range m.open {
		lm.Close()
	}
}
