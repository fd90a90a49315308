"""Makes `weights.npz` of `tonearm.algorithms.harmony`: learns chords from rendered music whose chords are known.

    python -m tools.chords.make --soundfonts FILE … --pop909 FOLDER --without-chords FILE …

composes progressions, renders them and songs of POP909, adds noise and recordings without chords, learns from every
other of them, and says how much of the rest is right.

It needs fluidsynth, General MIDI soundfonts, and, besides Tonearm and what its tests need, the packages torch and mido.
The weights in the tree are from Debian's soundfonts (fluid-soundfont-gm and timgm6mb-soundfont), from POP909
(https://github.com/music-x-lab/POP909-Dataset, MIT; FOLDER is the one with the folders 001 to 909), and from three
recordings of speech (librosa's two examples of LibriSpeech, and speech-female of sms-tools). Without POP909 and speech
it learns from progressions and noise alone.
"""
