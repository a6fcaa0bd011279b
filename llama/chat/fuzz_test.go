package chat

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

func isOurs(err error) bool {
	return errors.Is(err, ErrTemplate) || errors.Is(err, ErrLimit) || errors.Is(err, ErrRefused)
}

// FuzzTemplate: any template is refused or renders to a bounded text.
func FuzzTemplate(f *testing.F) {
	for _, s := range []string{llama2, llama3, chatML, mistral, zephyr, `{{ messages | tojson(indent=2) }}`,
		`{% set x = [x, x] %}{{ x }}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, template string) {
		tmpl, err := New(template, "<s>", "</s>")
		if err == nil {
			var text string
			text, err = tmpl.Render([]Message{system, user}, true)
			require.LessOrEqual(t, len(text), maxOutput)
		}
		require.True(t, err == nil || isOurs(err), "%v", err)
	})
}
