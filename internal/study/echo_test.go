package study

import (
	"testing"

	"argen/model/modeltest"
)

// An echo is a model as any other.
func TestEcho(t *testing.T) {
	modeltest.Check(t, &echo{Model: storyPlan(t, "story-ngram", 1).Model})
}
