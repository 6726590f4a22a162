package main

import (
	"github.com/spf13/cobra"

	"argen/sampler"
	"argen/sampler/search"
)

// topics are the help texts that belong to no command: argen help NAME.
var topics = []struct {
	name, doc string
	text      func(*app) string
}{
	{"sampling", "the stages between the model and the draw", func(*app) string { return sampler.Help() }},
	{"search", "what picks tokens where the dice do not", func(*app) string { return search.Help() }},
	{"trace", "the record of a run, and how to read it", func(*app) string { return traceHelp }},
	{"environment", "the environment variables that argen reads", func(*app) string { return environmentHelp }},
}

// topicCommands make the topics known to help.
func topicCommands(a *app) []*cobra.Command {
	var list []*cobra.Command
	for _, t := range topics {
		c := topicCommand(t.name, "About "+t.doc, func() string { return t.text(a) })
		switch t.name {
		case "sampling":
			for _, s := range sampler.Table {
				c.AddCommand(topicCommand(s.Name, s.Doc, s.Help))
			}
		case "search":
			for _, s := range search.Table {
				c.AddCommand(topicCommand(s.Name, s.Doc, s.Help))
			}
		}
		list = append(list, c)
	}
	return list
}

// topicCommand is a command that is there for its help alone, which is written
// only when it is asked for: it takes as long as all the rest of a start.
func topicCommand(name, short string, text func() string) *cobra.Command {
	c := &cobra.Command{Use: name, Short: short}
	c.SetHelpFunc(func(c *cobra.Command, _ []string) { c.Print(text()) })
	return c
}

const environmentHelp = `argen reads these environment variables. A flag wins over its variable.

  ARGEN_MODEL   the model that is used without -m
  ARGEN_GGUF_PRE  the tokenizer.ggml.pre of a GGUF, where argen does not know
                the file's own
  NO_COLOR      if not empty: no colour
  TERM          dumb: no colour, no animation, no full screen
  TMPDIR        where training puts its sorted runs (Windows: TMP)

argen pull, and -m hf:…, read those of the Python package huggingface_hub:

  HF_HUB_CACHE  the folder of fetched models; else hub in HF_HOME, which is
                huggingface in XDG_CACHE_HOME, or else in ~/.cache
  HF_TOKEN      says who asks, for gated and private models; else the file
                HF_TOKEN_PATH, or else token in HF_HOME, has it. It is sent to
                the hub alone, and by http only to this machine
  HF_ENDPOINT   another hub, a mirror: https://hub.example.org
  HF_HUB_OFFLINE                1: nothing is fetched
  HF_HUB_DISABLE_PROGRESS_BARS  1: no progress
  HF_HUB_DISABLE_SYMLINKS       1: snapshots hold copies in place of links
  HF_HUB_DISABLE_IMPLICIT_TOKEN 1: no token from a file
  HF_HUB_DOWNLOAD_TIMEOUT       seconds until a connection that brings nothing
                                counts as lost (30)
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY  a proxy, and hosts that need none
`

const traceHelp = `A trace is the record of a run: argen generate --log FILE writes it while it
runs, one line a step. FILE.jsonl is the full record, FILE.csv has one row a
step. argen step --replay, argen plot and argen verify read the first.

A .jsonl file has one JSON object a line, told apart by "type":

  header  version, argen, id, model {ref, kind, sha256, vocab_size; order,
          context_length, partial and activations (int8: --fast) where they say
          something}, prompt, prompt_ids, prompt_tokens, prompt_text; of a
          conversation chat_template and prompt_control, the places of control
          tokens in the prompt; chain, seed, rng: pcg, or gumbel where noise
          fixed by seed, t and token draws; context_shift if the window slides;
          search, if one picks the tokens; a fork has parent, fork_t
  step    t             0 for the first new token
          context_len   tokens before it that the model sees
          dropped       tokens that it sees no more, those after BOS;
                        left out if 0
          id, token     the token; bytes (base64) where it is not valid UTF-8
          text          what it adds to the text
          logit         of the model
          logprob       ln P(token | context) of the model itself
          prob          exp(logprob)
          rank          from 1, by the model's probability
          sampled_prob  after the chain: what was drawn from
          u             the uniform number of the draw, null if there was none
          low, high     the part of [0,1) that is the token's
          gumbel        its noise, where rng is gumbel: of all tokens it has the
                        largest sum of ln sampled_prob and noise
          entropy       of the model's distribution, bits
          surprisal     -log2 prob, bits
          cum_logprob   sum of logprob so far
          forced        the token was given, not drawn
          dice          u was typed, not thrown; else left out
          kept          tokens left after the chain
          chain         the stages from here on, where they were changed
          top           [{id, token, logit, prob, rank, sampled_prob,
                        removed_by, why: by which inequality, stage_probs: after
                        each stage but the last, as long as it was there}]: the
                        most probable, those tracked and the one written; where
                        they have less than half of what is drawn from also the
                        most probable of that
          rest          {tokens, prob, sampled_prob} of all others
          stages        [{name, params, in: tokens before it, kept,
                        mass_removed, entropy_in, entropy; last_standing: it
                        would have removed all, so the best stays}]
          choice        {text, data}: how a search picked the token, else left
                        out
          origin        {text, data}: where prob comes from, with --explain
          ns            nanoseconds since the step before, with --timing
  back    t             steps with this t or more no longer count
  end     reason (stop_token, stop_string, length, complete, timeout,
          interrupted, error), tokens, text, logprob, perplexity

Numbers that JSON cannot hold are the strings "-inf", "inf" and "nan".

pandas
  import pandas as pd
  d = pd.read_json("trace.jsonl", lines=True)
  d[d.type == "step"].plot(x="t", y="surprisal")

polars
  import polars as pl
  d = pl.read_ndjson("trace.jsonl", infer_schema_length=None)
  d.filter(pl.col("type") == "step")

DuckDB
  select t, token, prob, rank from 'trace.jsonl' where type = 'step' order by t;
  select t, unnest(top, recursive := true)
    from 'trace.jsonl' where type = 'step';
`
