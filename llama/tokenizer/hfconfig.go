package tokenizer

import (
	"encoding/json"
	"regexp"
)

// quote returns the pattern that matches a plain text.
func quote(text string) string { return regexp.QuoteMeta(text) }

// hfConfig has the fields of a tokenizer_config.json that matter here.
type hfConfig struct {
	AddBOS       *bool           `json:"add_bos_token"`
	BOS          hfName          `json:"bos_token"`
	EOS          hfName          `json:"eos_token"`
	ChatTemplate json.RawMessage `json:"chat_template"`
}

// hfName is the name of a token: "name", {"content": "name"} or null.
type hfName string

// UnmarshalJSON decodes all three forms.
func (n *hfName) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '{' {
		var o struct {
			Content string `json:"content"`
		}
		err := json.Unmarshal(data, &o)
		*n = hfName(o.Content)
		return err
	}
	return json.Unmarshal(data, (*string)(n))
}

// Configure returns a copy of the tokenizer with the begin and end tokens and the chat
// template of a Hugging Face tokenizer_config.json. Fields that the file lacks do not
// change the tokenizer. The error wraps ErrCorrupt, also for a name that is not in the
// vocabulary.
func (t *Tokenizer) Configure(config []byte) (*Tokenizer, error) {
	if len(config) > MaxFileBytes {
		return nil, malformed("file of %d bytes, expected at most %d", len(config), MaxFileBytes)
	}
	var c hfConfig
	if err := json.Unmarshal(config, &c); err != nil {
		return nil, malformed("tokenizer_config.json: %v", err)
	}
	s := Specials{BOS: t.def.BOS, AddBOS: t.def.AddBOS}
	if c.BOS != "" {
		id, ok := t.ID(string(c.BOS))
		if !ok {
			return nil, malformed("bos_token %q, expected a token of the vocabulary", c.BOS)
		}
		s.BOS = id
	}
	if c.EOS != "" {
		id, ok := t.ID(string(c.EOS))
		if !ok {
			return nil, malformed("eos_token %q, expected a token of the vocabulary", c.EOS)
		}
		s.EOS = []int{id}
	}
	if c.AddBOS != nil {
		s.AddBOS = *c.AddBOS && s.BOS != none
	}
	var err error
	if s.ChatTemplate, err = defaultTemplate(c.ChatTemplate); err != nil {
		return nil, err
	}
	return t.With(s)
}

// defaultTemplate returns the template in a chat_template: the text, or the entry named
// "default" of a list.
func defaultTemplate(data json.RawMessage) (string, error) {
	if len(data) == 0 || string(data) == "null" {
		return "", nil
	}
	if data[0] != '[' {
		var s string
		if err := json.Unmarshal(data, &s); err != nil {
			return "", malformed("chat_template: %v", err)
		}
		return s, nil
	}
	var list []struct{ Name, Template string }
	if err := decodeList("chat templates", data, maxTemplates, false, &list); err != nil {
		return "", err
	}
	for _, t := range list {
		if t.Name == "default" {
			return t.Template, nil
		}
	}
	return "", nil
}
