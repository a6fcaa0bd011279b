package chat

import (
	_ "embed"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fold.example/fold/internal/testfiles"
)

// Templates as the models' configurations have them.
var (
	//go:embed testdata/llama2.jinja
	llama2 string
	//go:embed testdata/llama3.jinja
	llama3 string
	//go:embed testdata/chatML.jinja
	chatML string
	//go:embed testdata/mistral.jinja
	mistral string
	//go:embed testdata/zephyr.jinja
	zephyr string
)

var (
	system = Message{"system", "Be brief."}
	user   = Message{"user", " Hi! "}
	answer = Message{"assistant", "Hello."}
	again  = Message{"user", "Bye"}
)

func TestTemplates(t *testing.T) {
	for _, c := range []struct {
		name, template, bos, eos, want string
		messages                       []Message
	}{
		{"llama2", llama2, "<s>", "</s>",
			"<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\n Hi! [/INST] Hello. </s><s>[INST] Bye [/INST]",
			[]Message{system, user, answer, again}},
		{"llama2 without system", llama2, "<s>", "</s>", "<s>[INST] Hi! [/INST]", []Message{user}},
		{"llama3", llama3, "<|begin_of_text|>", "<|eot_id|>",
			"<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>" +
				"<|start_header_id|>user<|end_header_id|>\n\nHi!<|eot_id|>" +
				"<|start_header_id|>assistant<|end_header_id|>\n\n",
			[]Message{system, user}},
		{"chatml", chatML, "<|im_start|>", "<|im_end|>",
			"<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n Hi! <|im_end|>\n<|im_start|>assistant\n",
			[]Message{system, user}},
		{"mistral", mistral, "<s>", "</s>", "<s>[INST]  Hi!  [/INST]Hello.</s> [INST] Bye [/INST]",
			[]Message{user, answer, again}},
		{"zephyr", zephyr, "<s>", "</s>",
			"<|system|>\nBe brief.</s>\n<|user|>\n Hi! </s>\n<|assistant|>\n", []Message{system, user}},
	} {
		t.Run(c.name, func(t *testing.T) {
			tmpl, err := New(c.template, c.bos, c.eos)
			require.NoError(t, err)
			for range 2 { // a template keeps nothing of a rendering
				got, err := tmpl.Render(c.messages, true)
				require.NoError(t, err)
				require.Equal(t, c.want, got)
			}
		})
	}
}

// TestGolden renders the prompts that the shared golden file has written out.
func TestGolden(t *testing.T) {
	var cases []struct{ Kind, Text string }
	testfiles.ReadJSON(t, testfiles.Model(t, "smollm2-135m", "golden", "prompts.json"), &cases)
	tmpl, err := New(chatML, "<|im_start|>", "<|im_end|>")
	require.NoError(t, err)
	count := 0
	for _, c := range cases {
		if c.Kind != "chat" {
			continue
		}
		_, rest, ok := strings.Cut(c.Text, "<|im_start|>user\n")
		require.True(t, ok)
		question, _, ok := strings.Cut(rest, "<|im_end|>")
		require.True(t, ok)
		got, err := tmpl.Render([]Message{{"user", question}}, true)
		require.NoError(t, err)
		require.Equal(t, c.Text, got)
		count++
	}
	require.Equal(t, 2, count)
}

func TestRefusedConversation(t *testing.T) {
	for _, template := range []string{llama2, mistral} {
		tmpl, err := New(template, "<s>", "</s>")
		require.NoError(t, err)
		_, err = tmpl.Render([]Message{user, user}, true)
		require.ErrorIs(t, err, ErrRefused)
		require.ErrorContains(t, err, "Conversation roles must alternate")
	}
}

func TestGlobals(t *testing.T) {
	for _, c := range [][2]string{
		{`{{ messages | tojson }}`, `[{"content": "a<b>'\"é", "role": "user"}]`},
		{`{{ {"k": [1, true, none, 1.5]} | tojson(indent=2) }}`,
			"{\n  \"k\": [\n    1,\n    true,\n    null,\n    1.5\n  ]\n}"},
		{`{{ [] | tojson }}`, `[]`},
		{`{{ strftime_now("%d %b %Y, 100%%") }}`, "05 Mar 2024, 100%"},
		{`{% set ns = namespace(found=false) %}{% for m in messages %}{% set ns.found = true %}{% endfor %}` +
			`{{ ns.found }}`, "True"},
		{`{% for i in range(3) %}{{ i }}{% if not loop.last %},{% endif %}{% endfor %}`, "0,1,2"},
		{`{% for i in range(5, 0, -2) %}{{ i }}{% endfor %}`, "531"},
		{"{% if true %}\n  {% set x = 1 %}\nx{% endif %}\n", "x"},
		{`{% if tools is defined %}a{% else %}b{% endif %}`, "b"},
		{`{{ messages | map(attribute="role") | join("+") }}`, "user"},
		{`{{ "a-b".replace("-", "+") }}{{ "a.b" | replace(".", "") }}{{ ",".join(["x", "y"]) }}`, "a+babx,y"},
		{`{{ messages[0].content.split("<")[-1] }}`, `b>'"é`},
		{`{% for m in messages %}{% if m.role == "user" %}{% continue %}{% endif %}x{% endfor %}`, ""},
		{`{{ messages[0].get("name", "none") }}`, "none"},
	} {
		tmpl, err := New(c[0], "", "")
		require.NoError(t, err, c[0])
		tmpl.Now = func() time.Time { return time.Date(2024, 3, 5, 0, 0, 0, 0, time.UTC) }
		got, err := tmpl.Render([]Message{{"user", `a<b>'"é`}}, false)
		require.NoError(t, err, c[0])
		require.Equal(t, c[1], got, c[0])
	}
}

// TestHostile renders templates that would exhaust memory, time or the stack,
// or read files. All of them must end in an error.
func TestHostile(t *testing.T) {
	double := strings.Repeat("{% set s = s ~ s %}", 64)
	for name, template := range map[string]string{
		"include":        `{% include "/etc/passwd" %}`,
		"import":         `{% import "/etc/passwd" as x %}`,
		"from":           `{% from "/etc/passwd" import x %}`,
		"extends":        `{% extends "/etc/passwd" %}`,
		"macro":          `{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}`,
		"recursive loop": `{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}`,
		"doubling":       `{% set s = "x" %}` + double,
		"doubling lists": `{% set s = ["x"] %}` + strings.Repeat("{% set s = [s, s] %}", 64) + `{{ s }}`,
		"doubling namespace": `{% set ns = namespace(s="xx") %}{% for i in range(60) %}` +
			`{% set ns.s = ns.s + ns.s %}{% endfor %}`,
		"repeat":         `{{ "x" * 1000000000 }}`,
		"power":          `{{ 9 ** 9 }}`,
		"center":         `{{ "x" | center(1000000000) }}`,
		"center method":  `{{ "x".center(1000000000) }}`,
		"format":         `{{ "%1000000000d" | format(1) }}`,
		"range":          `{% for i in range(1000000000) %}{% endfor %}`,
		"range overflow": `{% for i in range(0, 9223372036854775807, 1000000000000) %}{% endfor %}`,
		"nested loops":   `{% for i in range(60000) %}{% for i in range(60000) %}{% endfor %}{% endfor %}`,
		"replace": `{% set s = "xxxxxxxxxxxxxxxx".replace("x", "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy") %}` +
			strings.Repeat(`{% set s = s.replace("y", s) %}`, 4),
		"join":            `{% set s = range(60000) | join("xxxxxxxxxxxxxxxxxxxxxxxx") %}{{ range(60000) | join(s) }}`,
		"output":          `{% for i in range(60000) %}` + strings.Repeat("x", 100) + `{% endfor %}`,
		"block set":       `{% set s %}xx{% endset %}`,
		"division":        `{{ 1 % 0 }}`,
		"deep brackets":   `{{ ` + strings.Repeat("(", 10000) + `1` + strings.Repeat(")", 10000) + ` }}`,
		"deep blocks":     strings.Repeat(`{% if 1 %}`, 1000) + strings.Repeat(`{% endif %}`, 1000),
		"many operators":  `{{ "x"` + strings.Repeat(` ~ "x"`, 1000) + ` }}`,
		"long":            strings.Repeat("x", 1<<17),
		"budget":          `{{ self }}{{ namespace.foo.bar() }}`,
		"unclosed":        `{% if`,
		"endless lexer":   "{%\xe30\xda0\xe100\xdb0.™",
		"unknown tag":     `{% frobnicate %}`,
		"append in place": `{% set l = [1] %}{{ l.append(l) }}`,
	} {
		t.Run(name, func(t *testing.T) {
			tmpl, err := New(template, "", "")
			if err == nil {
				_, err = tmpl.Render([]Message{user}, true)
			}
			require.Error(t, err)
			require.True(t, isOurs(err), "%v", err)
			require.Less(t, len(err.Error()), 1000, "%.1000s", err)
		})
	}
	tmpl, err := New(chatML, "", "")
	require.NoError(t, err)
	_, err = tmpl.Render([]Message{{"user", strings.Repeat("x", maxText)}}, true)
	require.ErrorIs(t, err, ErrLimit)
}

// TestAnyText: the content of a message is never parsed as a template.
func TestAnyText(t *testing.T) {
	tmpl, err := New(chatML, "", "")
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"{{ 1 }}", "{% for %}", "{#"})).Draw(t, "text")
		got, err := tmpl.Render([]Message{{"system", s}}, false)
		require.NoError(t, err)
		require.Equal(t, "<|im_start|>system\n"+s+"<|im_end|>\n", got)
	})
}
