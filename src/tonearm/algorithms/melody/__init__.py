"""The melody of polyphonic music: what Essentia's PredominantPitchMelodia does, in time linear in the length.

J. Salamon, E. Gómez: Melody extraction from polyphonic music signals using pitch contour characteristics. IEEE
Transactions on Audio, Speech, and Language Processing 20(6), 2012.
"""

from tonearm.algorithms.melody.contours import find_contours
from tonearm.algorithms.melody.salience import pitch_saliences
from tonearm.algorithms.melody.salience_peaks import SaliencePeaks
from tonearm.algorithms.melody.selection import melody

__all__ = ["SaliencePeaks", "find_contours", "melody", "pitch_saliences"]
