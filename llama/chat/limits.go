package chat

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/nikolalohinski/gonja/v2/builtins"
	"github.com/nikolalohinski/gonja/v2/builtins/control_structures"
	"github.com/nikolalohinski/gonja/v2/config"
	"github.com/nikolalohinski/gonja/v2/exec"
	"github.com/nikolalohinski/gonja/v2/nodes"
	"github.com/nikolalohinski/gonja/v2/parser"
	"github.com/nikolalohinski/gonja/v2/tokens"
)

const (
	maxSource    = 1 << 16 // bytes of a template
	maxText      = 1 << 20 // bytes of a conversation, of a value with a name
	maxOutput    = 1 << 21 // bytes of a rendered text
	maxRounds    = 1 << 16 // of all loops together
	maxOperators = 32      // + and ~ in one block; each may add a named value's size
	maxNesting   = 64      // of brackets in an expression, and of blocks in blocks
	maxTime      = 10 * time.Second
	maxReason    = 400 // bytes of an error of the library that are passed on
)

// budgetName is where a rendering keeps its budget. No template can spell it.
const budgetName = "\x00budget"

// budget is what is left to one rendering.
type budget struct {
	rounds   int
	deadline time.Time
	refused  error // what stopped the rendering, as we said it
}

// stop remembers why a rendering stops; the template library wraps errors in
// ways that errors.Is does not always see through.
func (b *budget) stop(err error) error {
	if b.refused == nil {
		b.refused = err
	}
	return err
}

func (b *budget) explain(err error) error {
	switch {
	case b.refused != nil:
		return b.refused
	case errors.Is(err, ErrLimit):
		return err
	}
	// The library's messages quote values in full; the reason comes last.
	text := err.Error()
	if len(text) > maxReason {
		text = "..." + strings.ToValidUTF8(text[len(text)-maxReason:], "")
	}
	return fmt.Errorf("%w: %s", ErrTemplate, text)
}

func (b *budget) raise(message string) (string, error) {
	return "", b.stop(fmt.Errorf("%w: %s", ErrRefused, message))
}

// checkSource refuses what cannot be bounded while rendering. Between two
// rounds of loops a template's text is executed at most once, without
// recursion; so it suffices to bound what one block can do.
func checkSource(source string, cfg *config.Config) error {
	if len(source) > maxSource {
		return fmt.Errorf("%w: a template of %d bytes, at most %d", ErrLimit, len(source), maxSource)
	}
	list, err := lex(source, cfg)
	if err != nil {
		return err
	}
	var c sourceCheck
	for i, tok := range list {
		next := ""
		if i+1 < len(list) {
			next = list[i+1].Val
		}
		if err := c.token(tok, next); err != nil {
			return err
		}
	}
	return nil
}

// lex returns the tokens of a template, less white space. The library's lexer
// does not end on some malformed numbers, or panics; so it runs by itself, and
// is left behind, stopped, when it has sent more tokens than there can be.
func lex(source string, cfg *config.Config) (list []*tokens.Token, err error) {
	l := tokens.NewLexer(source, cfg)
	panicked := make(chan any, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				panicked <- p
			}
		}()
		l.Run()
	}()
	deadline := time.After(maxTime)
	for count := 0; count <= 2*len(source)+2; count++ {
		select {
		case tok, more := <-l.Tokens:
			if !more {
				return list, nil
			}
			if tok.Type != tokens.Whitespace {
				list = append(list, tok)
			}
		case p := <-panicked:
			return nil, fmt.Errorf("%w: it cannot be read: %v", ErrTemplate, p)
		case <-deadline:
			return nil, fmt.Errorf("%w: more than %v to read it", ErrLimit, maxTime)
		}
	}
	return nil, fmt.Errorf("%w: it cannot be read", ErrTemplate)
}

// sourceCheck follows the tokens of a template.
type sourceCheck struct {
	operators, brackets, blocks int
	set, assigned               bool // inside a set block; it had its "="
}

func (c *sourceCheck) token(tok *tokens.Token, next string) error {
	switch tok.Type {
	case tokens.VariableBegin, tokens.BlockBegin:
		*c = sourceCheck{blocks: c.blocks}
		if tok.Type == tokens.BlockBegin {
			c.openBlock(next)
		}
	case tokens.BlockEnd:
		if c.set && !c.assigned {
			return fmt.Errorf("%w: line %d: set without a value (a block set) is not supported", ErrTemplate, tok.Line)
		}
	case tokens.Assign:
		c.assigned = true
	case tokens.Multiply, tokens.Power:
		return fmt.Errorf("%w: line %d: the operator %s is not supported", ErrTemplate, tok.Line, tok.Val)
	case tokens.Addition, tokens.Tilde:
		c.operators++
	case tokens.LeftParenthesis, tokens.LeftBracket, tokens.LeftBrace:
		c.brackets++
	case tokens.RightParenthesis, tokens.RightBracket, tokens.RightBrace:
		c.brackets--
	}
	switch {
	case c.operators > maxOperators:
		return fmt.Errorf("%w: line %d: more than %d + and ~ in one block", ErrLimit, tok.Line, maxOperators)
	case c.brackets > maxNesting || c.blocks > maxNesting:
		return fmt.Errorf("%w: line %d: nested more than %d deep", ErrLimit, tok.Line, maxNesting)
	}
	return nil
}

func (c *sourceCheck) openBlock(name string) {
	switch name {
	case "for", "if":
		c.blocks++
	case "endfor", "endif":
		c.blocks--
	case "set":
		c.set = true
	}
}

// boundedFor parses a loop and puts a round counter in front of its body.
func boundedFor(p *parser.Parser, args *parser.Parser) (nodes.ControlStructure, error) {
	parse, _ := builtins.ControlStructures.Get("for")
	cs, err := parse(p, args)
	if err != nil {
		return nil, err
	}
	loop, ok := cs.(*controlStructures.ForControlStructure)
	if !ok || loop.Recursive {
		return nil, errors.New("recursive loops are not supported")
	}
	r := &round{names: []string{loop.Key, loop.Value}}
	block := &nodes.ControlStructureBlock{Location: loop.BodyWrapper.Location, Name: "round", ControlStructure: r}
	r.ControlStructure = loop
	loop.BodyWrapper.Nodes = append([]nodes.Node{block}, loop.BodyWrapper.Nodes...)
	return loop, nil
}

// round counts one round of a loop.
type round struct {
	nodes.ControlStructure // for Position and String
	names                  []string
}

func (r *round) Execute(renderer *exec.Renderer, _ *nodes.ControlStructureBlock) error {
	b, err := budgetOf(renderer)
	if err != nil {
		return err
	}
	if b.rounds++; b.rounds > maxRounds {
		return b.stop(fmt.Errorf("%w: more than %d rounds of loops", ErrLimit, maxRounds))
	}
	if time.Now().After(b.deadline) {
		return b.stop(fmt.Errorf("%w: more than %v", ErrLimit, maxTime))
	}
	return b.measure(renderer, r.names...)
}

func budgetOf(renderer *exec.Renderer) (*budget, error) {
	v, _ := renderer.Environment.Context.Get(budgetName)
	b, ok := v.(*budget)
	if !ok {
		return nil, errors.New("rendering without a budget")
	}
	return b, nil
}

// boundedSet parses an assignment whose result is measured.
func boundedSet(p *parser.Parser, args *parser.Parser) (nodes.ControlStructure, error) {
	name := ""
	if tok := args.Current(tokens.Name); tok != nil {
		name = tok.Val
	}
	parse, _ := builtins.ControlStructures.Get("set")
	cs, err := parse(p, args)
	if err != nil {
		return nil, err
	}
	inner, ok := cs.(exec.ControlStructure)
	if !ok {
		return nil, errors.New("set cannot be executed")
	}
	return &measuredSet{inner, name}, nil
}

type measuredSet struct {
	exec.ControlStructure
	name string // the variable, or the one whose attribute is set
}

func (s *measuredSet) Execute(renderer *exec.Renderer, tag *nodes.ControlStructureBlock) error {
	if err := s.ControlStructure.Execute(renderer, tag); err != nil {
		return err
	}
	b, err := budgetOf(renderer)
	if err != nil {
		return err
	}
	return b.measure(renderer, s.name)
}

// measure stops the rendering if a variable is too large.
func (b *budget) measure(renderer *exec.Renderer, names ...string) error {
	for _, name := range names {
		v, ok := renderer.Environment.Context.Get(name)
		if !ok {
			continue
		}
		if left := sizeLeft(reflect.ValueOf(v), 2*maxText, 0); left < 0 {
			return b.stop(fmt.Errorf("%w: the variable %s has more than %d bytes", ErrLimit, name, 2*maxText))
		}
	}
	return nil
}

// sizeLeft takes the size of a value, written out as a tree, from a budget, and
// stops when that is negative. Values nest through sharing, so that a few
// assignments can make an exponentially large tree.
func sizeLeft(v reflect.Value, left, depth int) int {
	const perValue = 16
	if left -= perValue; left < 0 || depth > maxNesting*4 {
		return -1
	}
	switch v.Kind() {
	case reflect.String:
		return left - v.Len()
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return left
		}
		return sizeLeft(v.Elem(), left, depth+1)
	case reflect.Slice, reflect.Array:
		for i := 0; i < v.Len() && left >= 0; i++ {
			left = sizeLeft(v.Index(i), left, depth+1)
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next() && left >= 0; {
			left = sizeLeft(it.Key(), left, depth+1)
			left = sizeLeft(it.Value(), left, depth+1)
		}
	case reflect.Struct:
		return sizeOfStruct(v, left, depth)
	}
	return left
}

// sizeOfStruct looks into the library's values, which wrap reflect values.
func sizeOfStruct(v reflect.Value, left, depth int) int {
	if v.CanInterface() {
		switch x := v.Interface().(type) {
		case exec.Value:
			return sizeLeft(x.Val, left, depth+1)
		case reflect.Value:
			return sizeLeft(x, left, depth+1)
		}
	}
	for i := 0; i < v.NumField() && left >= 0; i++ {
		left = sizeLeft(v.Field(i), left, depth+1)
	}
	return left
}
