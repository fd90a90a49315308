"""How well sections are found: boundaries and labels of music whose form is known, beside sonara."""
