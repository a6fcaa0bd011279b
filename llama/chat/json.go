package chat

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/nikolalohinski/gonja/v2/exec"
)

// toJSONFilter implements Python's json.dumps(v, ensure_ascii=False), with the separators ", "
// and ": ", or with line breaks if an indent is given.
func toJSONFilter(_ *exec.Evaluator, in *exec.Value, args *exec.VarArgs) *exec.Value {
	w := jsonWriter{}
	if indent, ok := args.KwArgs["indent"]; ok && !indent.IsNil() {
		if !indent.IsInteger() || indent.Integer() < 0 || indent.Integer() > 8 {
			return exec.AsValue(errors.New("tojson takes an indent of 0 to 8"))
		}
		w.indent, w.lines = strings.Repeat(" ", indent.Integer()), true
	}
	if err := w.write(in, 0); err != nil {
		return exec.AsValue(err)
	}
	return exec.AsSafeValue(w.out.String())
}

// jsonWriter writes a value as JSON.
type jsonWriter struct {
	out    strings.Builder
	indent string
	lines  bool // one line for each entry
}

// write appends a value at a depth of nesting. The error wraps ErrLimit if the value is too
// deep or too large.
func (w *jsonWriter) write(v *exec.Value, depth int) error {
	if depth > maxNesting || w.out.Len() > maxOutput {
		return fmt.Errorf("%w: tojson of more than %d levels or %d bytes", ErrLimit, maxNesting, maxOutput)
	}
	switch {
	case v.IsError():
		return v
	case v.IsNil():
		w.out.WriteString("null")
	case v.IsString():
		return w.text(v.String())
	case v.IsBool():
		w.out.WriteString(strings.ToLower(v.String()))
	case v.IsNumber():
		w.out.WriteString(v.String())
	case v.IsDict():
		return w.dict(v, depth)
	case v.IsList():
		return w.list(v, depth)
	default:
		return fmt.Errorf("tojson of %s", v.Val.Type())
	}
	return nil
}

// text appends a string.
func (w *jsonWriter) text(s string) error {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	err := enc.Encode(s)
	w.out.Write(bytes.TrimSuffix(buf.Bytes(), []byte{'\n'}))
	return err
}

// items appends the entries of a list or a dict between two brackets.
func (w *jsonWriter) items(v *exec.Value, depth int, brackets string, item func(key, value *exec.Value) error) error {
	w.out.WriteByte(brackets[0])
	var err error
	some := false
	v.Iterate(func(i, _ int, key, value *exec.Value) bool {
		if some = true; i > 0 {
			w.out.WriteByte(',')
			if !w.lines {
				w.out.WriteByte(' ')
			}
		}
		w.newline(depth + 1)
		err = item(key, value)
		return err == nil
	}, func() {})
	if some {
		w.newline(depth)
	}
	w.out.WriteByte(brackets[1])
	return err
}

func (w *jsonWriter) newline(depth int) {
	if w.lines {
		w.out.WriteString("\n" + strings.Repeat(w.indent, depth))
	}
}

func (w *jsonWriter) list(v *exec.Value, depth int) error {
	return w.items(v, depth, "[]", func(item, _ *exec.Value) error { return w.write(item, depth+1) })
}

func (w *jsonWriter) dict(v *exec.Value, depth int) error {
	return w.items(v, depth, "{}", func(key, value *exec.Value) error {
		if err := w.text(key.String()); err != nil {
			return err
		}
		w.out.WriteString(": ")
		return w.write(value, depth+1)
	})
}
